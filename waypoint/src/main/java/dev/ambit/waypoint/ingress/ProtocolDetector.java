package dev.ambit.waypoint.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.Consumer;

/**
 * Waits for the bytes that tell what is spoken, without a time limit as in Istio (protocols where
 * the server speaks first need their port declared). The bytes go on to whatever was installed.
 */
final class ProtocolDetector extends ByteToMessageDecoder {

    private final Consumer<Detection> found;
    private boolean told;
    private boolean inputEnded;

    ProtocolDetector(Consumer<Detection> found) {
        this.found = found;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        Detection detection = Detection.of(in);
        if (detection != Detection.MORE) {
            tell(detection);
        }
    }

    /** The client sends no more: what came is all there is. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        inputEnded = true;
        if (in.isReadable()) {
            Detection detection = Detection.of(in);
            tell(detection == Detection.MORE ? Detection.OPAQUE : detection);
        }
    }

    /** Whether the client's end has passed here, before there was anybody to see it. */
    boolean inputEnded() {
        return inputEnded;
    }

    /** Once: an opaque connection keeps its bytes here until its destination is connected. */
    private void tell(Detection detection) {
        if (!told) {
            told = true;
            found.accept(detection);
        }
    }
}
