package dev.ambit.waypoint;

import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.tunnel.TunnelChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;

/** A tunnel as a channel on its loop. */
final class TunnelChannelFactory {

    private TunnelChannelFactory() {}

    /** The channel is active with the handler in its pipeline when this returns. */
    static Channel wrap(
            HboneStream tunnel,
            InetSocketAddress local,
            InetSocketAddress remote,
            ChannelHandler handler) {
        TunnelChannel channel = new TunnelChannel(tunnel, local, remote);
        // A client that sends no more may still wait for its answer.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(handler);
        tunnel.loop().register(channel).addListener(done -> closeUnless(channel, done.isSuccess()));
        return channel;
    }

    private static void closeUnless(Channel channel, boolean registered) {
        if (!registered) {
            channel.close();
        }
    }
}
