package dev.ambit.hbone.frame;

import static dev.ambit.hbone.ErrorCode.ENHANCE_YOUR_CALM;
import static dev.ambit.hbone.ErrorCode.FRAME_SIZE_ERROR;
import static dev.ambit.hbone.ErrorCode.PROTOCOL_ERROR;

import dev.ambit.hbone.Limit;
import dev.ambit.hbone.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Puts a header block together from HEADERS and CONTINUATION, within limits. */
final class HeaderBlock {
    /** Pad length, priority and padding may come on top of the block in one frame. */
    static final int MAX_FRAME_EXTRA = 6 + 255;

    /** How a block breaks the rules. */
    record Violation(long errorCode, @Nullable Limit limit, String reason) {}

    private final FrameListener listener;
    private final ByteBufAllocator alloc;
    private final Limits limits;

    private ByteBuf fragments = Unpooled.EMPTY_BUFFER;
    private boolean open;
    private int streamId;
    private boolean endStream;
    private int continuations;
    private int empty;

    HeaderBlock(FrameListener listener, ByteBufAllocator alloc, Limits limits) {
        this.listener = listener;
        this.alloc = alloc;
        this.limits = limits;
    }

    boolean open() {
        return open;
    }

    int streamId() {
        return streamId;
    }

    /** HPACK rarely makes a block longer than its list; twice as long is no honest block. */
    int limit() {
        return 2 * limits.headerListBytes();
    }

    @Nullable Violation begin(int stream, int flags, ByteBuf body) {
        int padding = 0;
        if ((flags & Frames.PADDED) != 0) {
            if (!body.isReadable()) {
                return new Violation(FRAME_SIZE_ERROR, null, "padded HEADERS without pad length");
            }
            padding = body.readUnsignedByte();
        }
        if ((flags & Frames.PRIORITY_FLAG) != 0) {
            if (body.readableBytes() < 5) {
                return new Violation(FRAME_SIZE_ERROR, null, "HEADERS without their priority");
            }
            body.skipBytes(5);
        }
        if (padding > body.readableBytes()) {
            return new Violation(PROTOCOL_ERROR, null, "padding of " + padding + " in HEADERS");
        }
        body.writerIndex(body.writerIndex() - padding);
        streamId = stream;
        endStream = (flags & Frames.END_STREAM) != 0;
        continuations = 0;
        empty = 0;
        if ((flags & Frames.END_HEADERS) != 0) {
            listener.headers(streamId, body, endStream);
            return null;
        }
        open = true;
        return add(body);
    }

    @Nullable Violation append(int flags, ByteBuf body) {
        continuations++;
        if (!body.isReadable()) {
            empty++;
        }
        if (continuations > limits.continuations() || empty > limits.emptyContinuations()) {
            return new Violation(
                    ENHANCE_YOUR_CALM, Limit.CONTINUATIONS, "CONTINUATION frames without end");
        }
        Violation violation = add(body);
        if (violation == null && (flags & Frames.END_HEADERS) != 0) {
            open = false;
            ByteBuf whole = fragments;
            fragments = Unpooled.EMPTY_BUFFER;
            try {
                listener.headers(streamId, whole, endStream);
            } finally {
                whole.release();
            }
        }
        return violation;
    }

    void release() {
        open = false;
        fragments.release();
        fragments = Unpooled.EMPTY_BUFFER;
    }

    private @Nullable Violation add(ByteBuf body) {
        if (fragments.readableBytes() + body.readableBytes() > limit()) {
            return new Violation(
                    ENHANCE_YOUR_CALM,
                    Limit.HEADER_LIST,
                    "header block above " + limit() + " bytes");
        }
        if (!fragments.isReadable()) {
            fragments.release();
            fragments = alloc.buffer(Math.max(256, body.readableBytes()));
        }
        fragments.writeBytes(body);
        return null;
    }
}
