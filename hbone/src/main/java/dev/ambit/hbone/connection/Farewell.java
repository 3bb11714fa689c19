package dev.ambit.hbone.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that its peer can hear why. A socket closed while bytes of the peer are
 * unread, or still arrive, is reset by the kernel, and the reset overtakes the GOAWAY: whoever
 * floods would never learn that it did. So nothing is read any more, our half is closed, and the
 * whole a moment later: no work, no memory, one descriptor for that moment.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What follows does not depend on it.
final class Farewell {

    static final long MOMENT_MILLIS = 1_000;

    private Farewell() {}

    /** The last frame has been written. */
    static void close(ChannelHandlerContext ctx, ConnectionEnd end) {
        Channel channel = ctx.channel();
        if (end.by() != ConnectionEnd.By.VIOLATION
                || !(channel instanceof DuplexChannel socket)
                || !channel.isActive()) {
            ctx.close();
            return;
        }
        channel.config().setAutoRead(false);
        // Behind everything that waits to leave; a peer that does not read may keep it waiting.
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(gone -> socket.shutdownOutput());
        channel.eventLoop()
                .schedule(() -> ctx.channel().close(), MOMENT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
