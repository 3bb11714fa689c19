package dev.ambit.perf.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A kept HTTP/1.1 connection with one request under way at a time. On the program's thread. */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final ByteBuf REQUEST =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(HttpText.KEPT.getBytes(StandardCharsets.US_ASCII)));

    /** Whose connection it is. */
    interface Owner {
        void connected(HttpConnection connection);

        void answered(HttpConnection connection);

        /** It ended, perhaps with a request under way. */
        void lost(HttpConnection connection);
    }

    private final Owner owner;
    private @Nullable ChannelHandlerContext context;
    private int received;
    private long intendedNanos;
    private long sentNanos;

    HttpConnection(Owner owner) {
        this.owner = owner;
    }

    /**
     * Sends a request.
     *
     * @param intended when it was due, which may be long ago
     */
    void send(long intended, long now) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            intendedNanos = intended;
            sentNanos = now;
            ctx.writeAndFlush(REQUEST.duplicate(), ctx.voidPromise());
        }
    }

    long intendedNanos() {
        return intendedNanos;
    }

    long sentNanos() {
        return sentNanos;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        owner.connected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        received += in.readableBytes();
        in.release();
        if (received == HttpText.ANSWER_BYTES) {
            received = 0;
            owner.answered(this);
        } else if (received > HttpText.ANSWER_BYTES) {
            // Never what our server sends: somebody else answered.
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        owner.lost(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
