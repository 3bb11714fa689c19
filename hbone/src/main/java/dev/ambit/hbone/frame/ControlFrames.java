package dev.ambit.hbone.frame;

import static dev.ambit.hbone.ErrorCode.FRAME_SIZE_ERROR;
import static dev.ambit.hbone.ErrorCode.PROTOCOL_ERROR;

import dev.ambit.hbone.frame.HeaderBlock.Violation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Frames that carry no payload of a stream: each is checked against RFC 9113 section 6 and told to
 * the listener, or named as the violation it is. Keeps nothing between frames.
 */
final class ControlFrames {
    private final FrameListener listener;

    ControlFrames(FrameListener listener) {
        this.listener = listener;
    }

    /** Reads one whole frame; the violation of the connection's rules it is, if it is one. */
    @Nullable Violation read(int type, int flags, int streamId, ByteBuf body) {
        return switch (type) {
            case Frames.PRIORITY -> priority(streamId, body.readableBytes());
            case Frames.RST_STREAM -> rstStream(streamId, body);
            case Frames.SETTINGS -> settings(flags, streamId, body);
            case Frames.PING -> ping(flags, streamId, body);
            case Frames.GOAWAY -> goAway(streamId, body);
            case Frames.WINDOW_UPDATE -> windowUpdate(streamId, body);
            default -> broken("PUSH_PROMISE");
        };
    }

    private @Nullable Violation priority(int streamId, int length) {
        if (streamId == 0) {
            return broken("PRIORITY on stream 0");
        }
        if (length != 5) {
            listener.streamViolation(
                    streamId, FRAME_SIZE_ERROR, "PRIORITY of " + length + " bytes (expected: 5)");
        } else {
            listener.priority(streamId);
        }
        return null;
    }

    private @Nullable Violation rstStream(int streamId, ByteBuf body) {
        if (body.readableBytes() != 4) {
            return size("RST_STREAM", body, "4");
        }
        if (streamId == 0) {
            return broken("RST_STREAM on stream 0");
        }
        listener.reset(streamId, body.readUnsignedInt());
        return null;
    }

    private @Nullable Violation settings(int flags, int streamId, ByteBuf body) {
        boolean ack = (flags & Frames.ACK) != 0;
        int length = body.readableBytes();
        if (streamId != 0) {
            return broken("SETTINGS on stream " + streamId);
        }
        if (length % 6 != 0 || (ack && length != 0)) {
            return size("SETTINGS", body, ack ? "0" : "a multiple of 6");
        }
        if (ack) {
            listener.settingsAck();
        } else {
            listener.settings(body);
        }
        return null;
    }

    private @Nullable Violation ping(int flags, int streamId, ByteBuf body) {
        if (body.readableBytes() != 8) {
            return size("PING", body, "8");
        }
        if (streamId != 0) {
            return broken("PING on stream " + streamId);
        }
        listener.ping(body.readLong(), (flags & Frames.ACK) != 0);
        return null;
    }

    private @Nullable Violation goAway(int streamId, ByteBuf body) {
        if (body.readableBytes() < 8) {
            return size("GOAWAY", body, "at least 8");
        }
        if (streamId != 0) {
            return broken("GOAWAY on stream " + streamId);
        }
        listener.goAway(body.readInt() & Integer.MAX_VALUE, body.readUnsignedInt());
        return null;
    }

    private @Nullable Violation windowUpdate(int streamId, ByteBuf body) {
        if (body.readableBytes() != 4) {
            return size("WINDOW_UPDATE", body, "4");
        }
        int increment = body.readInt() & Integer.MAX_VALUE;
        if (increment == 0 && streamId == 0) {
            return broken("WINDOW_UPDATE of 0");
        }
        if (increment == 0) {
            listener.streamViolation(streamId, PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
        } else {
            listener.windowUpdate(streamId, increment);
        }
        return null;
    }

    private static Violation broken(String reason) {
        return new Violation(PROTOCOL_ERROR, null, reason);
    }

    private static Violation size(String frame, ByteBuf body, String expected) {
        return new Violation(
                FRAME_SIZE_ERROR,
                null,
                frame + " of " + body.readableBytes() + " bytes (expected: " + expected + ")");
    }
}
