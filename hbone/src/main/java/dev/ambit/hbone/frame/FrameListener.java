package dev.ambit.hbone.frame;

import dev.ambit.hbone.Limit;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Receives what {@link FrameReader} reads, in order. Buffers belong to the reader and are valid
 * during the call; who wants to keep bytes retains a slice.
 */
public interface FrameListener {
    /** The client's preface is complete. */
    void preface();

    /**
     * A DATA frame begins; all its bytes count for flow control, padding included (RFC 9113 section
     * 6.9.1).
     */
    void dataStart(int streamId, int flowBytes);

    /**
     * Payload of the frame begun, perhaps a part: the next {@code length} readable bytes, which the
     * listener reads.
     */
    void data(int streamId, ByteBuf in, int length);

    /** Bytes of the frame begun that nobody gets: padding and its length. */
    void padding(int streamId, int length);

    /** The frame begun is whole; {@code payload} are its bytes without padding. */
    void dataEnd(int streamId, int payload, boolean endStream);

    /** A whole header block, CONTINUATION included. */
    void headers(int streamId, ByteBuf block, boolean endStream);

    /** A PRIORITY frame, which means nothing any more. */
    void priority(int streamId);

    /** RST_STREAM. */
    void reset(int streamId, long errorCode);

    /** SETTINGS of the peer: entries of six bytes. */
    void settings(ByteBuf entries);

    /** The peer applied our SETTINGS. */
    void settingsAck();

    /** PING or its answer. */
    void ping(long content, boolean ack);

    /** GOAWAY. */
    void goAway(int lastStreamId, long errorCode);

    /** WINDOW_UPDATE; stream 0 is the connection. */
    void windowUpdate(int streamId, int increment);

    /** A frame of a type we do not know; its payload was skipped. */
    void unknown(int type);

    /** A frame breaks the rules for its stream only. */
    void streamViolation(int streamId, long errorCode, String reason);

    /** The peer broke the rules of the connection or reached a limit; nothing more is read. */
    void violation(long errorCode, @Nullable Limit limit, String reason);
}
