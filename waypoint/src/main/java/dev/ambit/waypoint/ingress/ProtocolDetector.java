package dev.ambit.waypoint.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the bytes that tell what is spoken, without a time limit as in Istio (protocols where
 * the server speaks first need their port declared). When it is removed, what it has seen goes on
 * to whatever was installed behind it, the client's end included.
 */
final class ProtocolDetector extends ChannelInboundHandlerAdapter {

    private final Consumer<Detection> found;
    private @Nullable ByteBuf bytes;
    private @Nullable Object end;
    private boolean told;

    ProtocolDetector(Consumer<Detection> found) {
        this.found = found;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf more = (ByteBuf) message;
        bytes =
                bytes == null
                        ? more
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), bytes, more);
        look(Detection.of(bytes));
    }

    /** The client sends no more: what came is all there is. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        end = event;
        if (bytes == null) {
            ctx.close();
        } else {
            look(Detection.OPAQUE);
        }
    }

    /** Once: an opaque connection keeps its bytes here until its destination is connected. */
    private void look(Detection detection) {
        if (!told && detection != Detection.MORE) {
            told = true;
            found.accept(detection);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind has read anything yet.
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ByteBuf seen = bytes;
        bytes = null;
        if (seen != null) {
            ctx.fireChannelRead(seen);
            ctx.fireChannelReadComplete();
        }
        if (end != null) {
            ctx.fireUserEventTriggered(end);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
        ctx.fireChannelInactive();
    }
}
