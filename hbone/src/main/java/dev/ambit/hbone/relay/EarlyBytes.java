package dev.ambit.hbone.relay;

import dev.ambit.hbone.SliceQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a socket brings before its relay starts. Reading is off then, but a peer's FIN makes
 * the transport read all there is: without this, a client that sends its request and closes its
 * half at once would lose the request.
 */
final class EarlyBytes extends ChannelInboundHandlerAdapter {
    static final String NAME = "early-bytes";

    private @Nullable SliceQueue bytes;
    private boolean ended;
    private @Nullable Throwable failure;

    /** What came, in order; null if nothing. The caller takes it over. */
    @Nullable SliceQueue take() {
        SliceQueue taken = bytes;
        bytes = null;
        return taken;
    }

    boolean ended() {
        return ended;
    }

    @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SliceQueue queue = bytes;
        if (queue == null) {
            queue = new SliceQueue(ctx.alloc());
            bytes = queue;
        }
        queue.add((ByteBuf) message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failure = cause;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (failure == null) {
            failure = new IOException("connection closed");
        }
        drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    private void drop() {
        SliceQueue queue = take();
        if (queue != null) {
            queue.release();
        }
    }
}
