package dev.ambit.waypoint.upstream;

import dev.ambit.hbone.HboneStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/** Makes a channel of a tunnel: registered on the tunnel's loop, active, with the handler in it. */
@FunctionalInterface
public interface TunnelChannels {

    Channel wrap(
            HboneStream tunnel,
            InetSocketAddress local,
            InetSocketAddress remote,
            ChannelHandler handler);
}
