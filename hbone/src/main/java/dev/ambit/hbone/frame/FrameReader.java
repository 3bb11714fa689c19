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

/**
 * Reads frames out of buffers cut anywhere. DATA is handed on as it comes; other payloads are small
 * and gathered first. Never throws for what a peer sends: the first violation is reported and ends
 * the reading. One per connection, on its loop.
 */
public final class FrameReader {
    private static final int LARGEST_CONTROL_PAYLOAD = 1024;

    private enum State {
        PREFACE,
        HEADER,
        PAD_LENGTH,
        DATA,
        PADDING,
        GATHER,
        SKIP,
        STOPPED
    }

    private final FrameListener listener;
    private final ByteBufAllocator alloc;
    private final Limits limits;
    private final int maxFrameSize;
    private final HeaderBlock block;
    private final ControlFrames control;
    private final byte[] preface = Frames.preface();

    private State state;
    private int prefaceRead;
    private final byte[] header = new byte[Frames.HEADER_BYTES];
    private int headerRead;
    private int length;
    private int type;
    private int flags;
    private int streamId;
    private int remaining;
    private int padding;
    private int payload;
    private ByteBuf gathered = Unpooled.EMPTY_BUFFER;

    public FrameReader(
            FrameListener listener,
            ByteBufAllocator alloc,
            Limits limits,
            int maxFrameSize,
            boolean expectPreface) {
        this.listener = listener;
        this.alloc = alloc;
        this.limits = limits;
        this.maxFrameSize = maxFrameSize;
        this.block = new HeaderBlock(listener, alloc, limits);
        this.control = new ControlFrames(listener);
        this.state = expectPreface ? State.PREFACE : State.HEADER;
    }

    /** Reads all of the buffer; the caller keeps it. */
    public void read(ByteBuf in) {
        while (in.isReadable()) {
            switch (state) {
                case PREFACE -> readPreface(in);
                case HEADER -> readHeader(in);
                case PAD_LENGTH -> readPadLength(in);
                case DATA -> readData(in);
                case PADDING -> readPadding(in);
                case GATHER -> gather(in);
                case SKIP -> skip(in);
                case STOPPED -> in.skipBytes(in.readableBytes());
            }
        }
    }

    /** Reads nothing more; whatever comes is thrown away. */
    public void stop() {
        state = State.STOPPED;
        release();
    }

    /** Lets go of what was gathered. */
    public void release() {
        gathered.release();
        gathered = Unpooled.EMPTY_BUFFER;
        block.release();
    }

    private void readPreface(ByteBuf in) {
        int n = Math.min(in.readableBytes(), preface.length - prefaceRead);
        for (int i = 0; i < n; i++) {
            if (in.readByte() != preface[prefaceRead++]) {
                violation(PROTOCOL_ERROR, null, "preface: not HTTP/2");
                return;
            }
        }
        if (prefaceRead == preface.length) {
            state = State.HEADER;
            listener.preface();
        }
    }

    private void readHeader(ByteBuf in) {
        if (headerRead == 0 && in.readableBytes() >= Frames.HEADER_BYTES) {
            // The usual case: two loads instead of nine.
            long first = in.readLong();
            begin(
                    (int) (first >>> 40),
                    (int) (first >>> 32) & 0xff,
                    (int) (first >>> 24) & 0xff,
                    (int) ((first & 0xffffff) << 8) | (in.readByte() & 0xff));
            return;
        }
        int n = Math.min(in.readableBytes(), Frames.HEADER_BYTES - headerRead);
        in.readBytes(header, headerRead, n);
        headerRead += n;
        if (headerRead == Frames.HEADER_BYTES) {
            headerRead = 0;
            begin(int24(0), header[3] & 0xff, header[4] & 0xff, int24(5) << 8 | (header[8] & 0xff));
        }
    }

    private int int24(int at) {
        return (header[at] & 0xff) << 16 | (header[at + 1] & 0xff) << 8 | (header[at + 2] & 0xff);
    }

    private void begin(int frameLength, int frameType, int frameFlags, int frameStream) {
        length = frameLength;
        type = frameType;
        flags = frameFlags;
        streamId = frameStream & Integer.MAX_VALUE;
        if (length > maxFrameSize) {
            violation(
                    FRAME_SIZE_ERROR,
                    null,
                    "frame of " + length + " bytes (expected: at most " + maxFrameSize + ")");
        } else if (block.open() && (type != Frames.CONTINUATION || streamId != block.streamId())) {
            violation(PROTOCOL_ERROR, null, "frame type " + type + " inside a header block");
        } else if (type == Frames.DATA) {
            beginData();
        } else if (type > Frames.CONTINUATION) {
            remaining = length;
            state = State.SKIP;
            finishSkip();
        } else {
            beginGather();
        }
    }

    private void beginData() {
        if (streamId == 0) {
            violation(PROTOCOL_ERROR, null, "DATA on stream 0");
            return;
        }
        boolean padded = (flags & Frames.PADDED) != 0;
        if (padded && length == 0) {
            violation(FRAME_SIZE_ERROR, null, "padded DATA without pad length");
            return;
        }
        padding = 0;
        payload = length;
        remaining = length;
        state = padded ? State.PAD_LENGTH : State.DATA;
        listener.dataStart(streamId, length);
        if (length == 0 && state == State.DATA) {
            endData();
        }
    }

    private void readPadLength(ByteBuf in) {
        padding = in.readUnsignedByte();
        if (padding >= length) {
            violation(
                    PROTOCOL_ERROR,
                    null,
                    "padding of " + padding + " in a frame of " + length + " bytes");
            return;
        }
        payload = length - 1 - padding;
        remaining = payload;
        state = State.DATA;
        listener.padding(streamId, 1);
        if (remaining == 0) {
            endPayload();
        }
    }

    private void readData(ByteBuf in) {
        int n = Math.min(remaining, in.readableBytes());
        int end = in.readerIndex() + n;
        remaining -= n;
        listener.data(streamId, in, n);
        in.readerIndex(end);
        if (remaining == 0) {
            endPayload();
        }
    }

    private void endPayload() {
        if (state != State.DATA) {
            return;
        }
        if (padding > 0) {
            remaining = padding;
            state = State.PADDING;
        } else {
            endData();
        }
    }

    private void readPadding(ByteBuf in) {
        int n = Math.min(remaining, in.readableBytes());
        in.skipBytes(n);
        remaining -= n;
        listener.padding(streamId, n);
        if (remaining == 0) {
            endData();
        }
    }

    private void endData() {
        if (state != State.STOPPED) {
            state = State.HEADER;
            listener.dataEnd(streamId, payload, (flags & Frames.END_STREAM) != 0);
        }
    }

    private void skip(ByteBuf in) {
        int n = Math.min(remaining, in.readableBytes());
        in.skipBytes(n);
        remaining -= n;
        finishSkip();
    }

    private void finishSkip() {
        if (remaining == 0) {
            state = State.HEADER;
            listener.unknown(type);
        }
    }

    private void beginGather() {
        int most =
                type == Frames.HEADERS || type == Frames.CONTINUATION
                        ? HeaderBlock.MAX_FRAME_EXTRA + block.limit()
                        : type == Frames.SETTINGS
                                ? limits.settingsEntries() * 6
                                : LARGEST_CONTROL_PAYLOAD;
        if (length > most) {
            violation(
                    ENHANCE_YOUR_CALM,
                    limitOf(type),
                    "frame type "
                            + type
                            + " of "
                            + length
                            + " bytes (expected: at most "
                            + most
                            + ")");
        } else if (length == 0) {
            state = State.HEADER;
            complete(Unpooled.EMPTY_BUFFER);
        } else {
            remaining = length;
            state = State.GATHER;
        }
    }

    private static @Nullable Limit limitOf(int type) {
        return switch (type) {
            case Frames.HEADERS, Frames.CONTINUATION -> Limit.HEADER_LIST;
            case Frames.SETTINGS -> Limit.SETTINGS_ENTRIES;
            default -> null;
        };
    }

    private void gather(ByteBuf in) {
        if (remaining == length && in.readableBytes() >= length) {
            int end = in.readerIndex() + length;
            int limit = in.writerIndex();
            in.writerIndex(end);
            state = State.HEADER;
            complete(in);
            in.writerIndex(limit).readerIndex(end);
            return;
        }
        if (remaining == length) {
            gathered = alloc.buffer(length, length);
        }
        int n = Math.min(remaining, in.readableBytes());
        gathered.writeBytes(in, n);
        remaining -= n;
        if (remaining == 0) {
            ByteBuf whole = gathered;
            gathered = Unpooled.EMPTY_BUFFER;
            state = State.HEADER;
            try {
                complete(whole);
            } finally {
                whole.release();
            }
        }
    }

    private void complete(ByteBuf body) {
        switch (type) {
            case Frames.HEADERS -> headersFrame(body);
            case Frames.CONTINUATION -> continuation(body);
            default -> report(control.read(type, flags, streamId, body));
        }
    }

    private void headersFrame(ByteBuf body) {
        if (streamId == 0) {
            violation(PROTOCOL_ERROR, null, "HEADERS on stream 0");
            return;
        }
        report(block.begin(streamId, flags, body));
    }

    private void continuation(ByteBuf body) {
        if (!block.open()) {
            violation(PROTOCOL_ERROR, null, "CONTINUATION without HEADERS");
            return;
        }
        report(block.append(flags, body));
    }

    private void report(HeaderBlock.@Nullable Violation violation) {
        if (violation != null) {
            violation(violation.errorCode(), violation.limit(), violation.reason());
        }
    }

    private void violation(long errorCode, @Nullable Limit limit, String reason) {
        if (state != State.STOPPED) {
            stop();
            listener.violation(errorCode, limit, reason);
        }
    }
}
