package dev.ambit.hbone.connection;

import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What leaves the connection, in order. Small frames are put together, so that a flush of many
 * streams is one TLS record; the flush itself waits for the end of the loop's turn unless much has
 * gathered.
 */
final class Outbox {
    /** Plaintext of the largest TLS record. */
    static final int RECORD = 16_384;

    private static final int SMALL = 4_096;
    private static final int BATCH = 2_048;

    /** Holds the usual CONNECT with its baggage. */
    private static final int HEADER_BLOCK = 512;

    private static final int FLUSH_AT_ONCE = 65_536;

    private final ChannelHandlerContext ctx;
    private final Runnable flushLater = this::flushNow;
    private @Nullable ByteBuf pending;
    private int unflushed;
    private boolean flushScheduled;
    private boolean closed;

    Outbox(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** Whether the peer takes what we send. */
    boolean writable() {
        return ctx.channel().isWritable();
    }

    /** The key exchange below; null if there was none. */
    @Nullable String tlsGroup() {
        return ctx.channel().attr(HboneChannels.TLS_GROUP).get();
    }

    /** A buffer to write a small frame of this size into, at once. */
    ByteBuf room(int bytes) {
        ByteBuf batch = pending;
        if (batch != null && bytes <= SMALL && batch.readableBytes() <= 2 * SMALL) {
            batch = withRoom(batch, bytes);
        } else {
            push();
            batch = ctx.alloc().directBuffer(Math.max(bytes, BATCH));
        }
        pending = batch;
        unflushed += bytes;
        return batch;
    }

    /** A whole frame, or the rest of one; owned from here. */
    void add(ByteBuf frame) {
        int bytes = frame.readableBytes();
        ByteBuf batch = pending;
        if (batch != null && bytes <= SMALL && batch.readableBytes() <= 2 * SMALL) {
            pending = withRoom(batch, bytes).writeBytes(frame);
            frame.release();
        } else {
            push();
            pending = frame;
        }
        // Only now: pushing may have flushed.
        unflushed += bytes;
    }

    private ByteBuf withRoom(ByteBuf batch, int bytes) {
        if (batch.maxFastWritableBytes() >= bytes) {
            return batch;
        }
        ByteBuf larger = ctx.alloc().directBuffer(RECORD);
        larger.writeBytes(batch);
        batch.release();
        return larger;
    }

    private void push() {
        ByteBuf batch = pending;
        if (batch != null) {
            pending = null;
            ctx.write(batch, ctx.voidPromise());
        }
    }

    /**
     * Lets everything leave: now if it is much, else at the end of this turn of the loop, together
     * with other streams' bytes.
     */
    void flush() {
        if (unflushed >= FLUSH_AT_ONCE) {
            flushNow();
        } else if (unflushed > 0 && !flushScheduled) {
            flushScheduled = true;
            ctx.executor().execute(flushLater);
        }
    }

    void flushNow() {
        flushScheduled = false;
        if (!closed && unflushed > 0) {
            unflushed = 0;
            push();
            ctx.flush();
        }
    }

    void release() {
        closed = true;
        ByteBuf batch = pending;
        pending = null;
        if (batch != null) {
            batch.release();
        }
    }

    void windowUpdate(int streamId, int increment) {
        FrameWriter.windowUpdate(room(FrameWriter.WINDOW_UPDATE_BYTES), streamId, increment);
        flush();
    }

    void rstStream(int streamId, long errorCode) {
        FrameWriter.rstStream(room(FrameWriter.RST_STREAM_BYTES), streamId, errorCode);
        flush();
    }

    void ping(long content, boolean ack) {
        FrameWriter.ping(room(FrameWriter.PING_BYTES), content, ack);
        flush();
    }

    void settingsAck() {
        FrameWriter.settingsAck(room(Frames.HEADER_BYTES));
        flush();
    }

    void goAway(int lastStreamId, long errorCode) {
        FrameWriter.goAway(room(FrameWriter.GOAWAY_BYTES), lastStreamId, errorCode);
        flush();
    }

    /** A header block in one HEADERS frame; the block is written behind room for its header. */
    void headers(int streamId, boolean endStream, Consumer<ByteBuf> block) {
        ByteBuf frame = ctx.alloc().directBuffer(HEADER_BLOCK);
        frame.writeZero(Frames.HEADER_BYTES);
        block.accept(frame);
        int length = frame.readableBytes() - Frames.HEADER_BYTES;
        int flags = Frames.END_HEADERS | (endStream ? Frames.END_STREAM : 0);
        FrameWriter.setHeader(frame, frame.readerIndex(), length, Frames.HEADERS, flags, streamId);
        add(frame);
        flush();
    }

    /** END_STREAM on its own. */
    void endStream(int streamId) {
        FrameWriter.header(room(Frames.HEADER_BYTES), 0, Frames.DATA, Frames.END_STREAM, streamId);
    }

    /** The bytes of one payload as DATA frames of at most so many bytes each; owns the payload. */
    void data(int streamId, ByteBuf payload, boolean inPlace, int maxFrame) {
        int bytes = payload.readableBytes();
        if (bytes > maxFrame) {
            split(streamId, payload, maxFrame);
        } else if (inPlace) {
            int at = payload.readerIndex() - Frames.HEADER_BYTES;
            FrameWriter.setHeader(payload, at, bytes, Frames.DATA, 0, streamId);
            add(payload.readerIndex(at));
        } else {
            copied(streamId, payload, bytes);
        }
    }

    /**
     * Header and as much payload as fills a record are copied together; the rest follows as it is,
     * if there is one.
     */
    private void copied(int streamId, ByteBuf payload, int bytes) {
        int head = Math.min(bytes, RECORD - Frames.HEADER_BYTES);
        if (head > SMALL) {
            push();
        }
        ByteBuf out = room(head + Frames.HEADER_BYTES);
        FrameWriter.header(out, bytes, Frames.DATA, 0, streamId);
        out.writeBytes(payload, head);
        if (payload.isReadable()) {
            add(payload);
        } else {
            payload.release();
        }
    }

    /** For peers with small frames: frames that fill a record each, in one buffer. */
    private void split(int streamId, ByteBuf payload, int maxFrame) {
        int chunk = maxFrame == RECORD ? RECORD - Frames.HEADER_BYTES : maxFrame;
        push();
        while (payload.isReadable()) {
            int bytes = payload.readableBytes();
            int frames =
                    Math.max(1, Math.min((bytes + chunk - 1) / chunk, FLUSH_AT_ONCE * 4 / chunk));
            int size = Math.min(bytes, frames * chunk) + frames * Frames.HEADER_BYTES;
            ByteBuf out = ctx.alloc().directBuffer(size);
            for (int i = 0; i < frames; i++) {
                int n = Math.min(chunk, payload.readableBytes());
                FrameWriter.header(out, n, Frames.DATA, 0, streamId);
                out.writeBytes(payload, n);
            }
            add(out);
        }
        payload.release();
    }
}
