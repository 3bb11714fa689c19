package dev.ambit.waypoint;

import dev.ambit.hbone.HboneStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/** A tunnel as a channel on its loop. */
final class TunnelChannelFactory {

    private TunnelChannelFactory() {}

    static Channel wrap(
            HboneStream tunnel,
            InetSocketAddress local,
            InetSocketAddress remote,
            ChannelHandler handler) {
        throw new UnsupportedOperationException("TunnelChannel not built yet");
    }
}
