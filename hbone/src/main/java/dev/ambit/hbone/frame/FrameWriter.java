package dev.ambit.hbone.frame;

import io.netty.buffer.ByteBuf;

/** Lays frames into buffers. */
public final class FrameWriter {
    public static final int PING_BYTES = Frames.HEADER_BYTES + 8;
    public static final int RST_STREAM_BYTES = Frames.HEADER_BYTES + 4;
    public static final int WINDOW_UPDATE_BYTES = Frames.HEADER_BYTES + 4;
    public static final int GOAWAY_BYTES = Frames.HEADER_BYTES + 8;

    private FrameWriter() {}

    /** The nine bytes in front of every payload. */
    public static void header(ByteBuf out, int length, int type, int flags, int streamId) {
        out.writeLong(firstEight(length, type, flags, streamId));
        out.writeByte(streamId);
    }

    /** The same nine bytes, at an index. */
    public static void setHeader(
            ByteBuf out, int index, int length, int type, int flags, int streamId) {
        out.setLong(index, firstEight(length, type, flags, streamId));
        out.setByte(index + 8, streamId);
    }

    private static long firstEight(int length, int type, int flags, int streamId) {
        return (long) length << 40 | (long) type << 32 | (long) flags << 24 | streamId >>> 8;
    }

    /** One setting of a SETTINGS payload. */
    public static void setting(ByteBuf out, int id, int value) {
        out.writeShort(id);
        out.writeInt(value);
    }

    public static void settingsAck(ByteBuf out) {
        header(out, 0, Frames.SETTINGS, Frames.ACK, 0);
    }

    public static void ping(ByteBuf out, long content, boolean ack) {
        header(out, 8, Frames.PING, ack ? Frames.ACK : 0, 0);
        out.writeLong(content);
    }

    public static void rstStream(ByteBuf out, int streamId, long errorCode) {
        header(out, 4, Frames.RST_STREAM, 0, streamId);
        out.writeInt((int) errorCode);
    }

    public static void windowUpdate(ByteBuf out, int streamId, int increment) {
        header(out, 4, Frames.WINDOW_UPDATE, 0, streamId);
        out.writeInt(increment);
    }

    public static void goAway(ByteBuf out, int lastStreamId, long errorCode) {
        header(out, 8, Frames.GOAWAY, 0, 0);
        out.writeInt(lastStreamId);
        out.writeInt((int) errorCode);
    }
}
