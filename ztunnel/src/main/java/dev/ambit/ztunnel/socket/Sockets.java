package dev.ambit.ztunnel.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;

/** Ways to end a socket. */
public final class Sockets {

    private Sockets() {}

    /** Closes also what no loop has taken over yet. */
    public static void close(Channel channel) {
        if (channel.isRegistered()) {
            channel.close();
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    /** Closes so that the peer sees a reset: what was promised will not come. */
    public static void reset(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException alreadyClosed) {
            // Then there is nobody left to tell.
        }
        channel.close();
    }
}
