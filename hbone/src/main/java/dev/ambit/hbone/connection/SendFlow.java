package dev.ambit.hbone.connection;

import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may send how much: the peer's windows, and turns between streams when not all can go at once.
 * A stream whose bytes fit sends them directly; otherwise they wait in its queue and streams take
 * turns.
 */
final class SendFlow {
    /** What a stream sends in one turn. */
    private static final int TURN = 131_072;

    private final Outbox outbox;
    private final ArrayDeque<TunnelStream> turns = new ArrayDeque<>();
    private List<TunnelStream> watchers = new ArrayList<>();
    private long connectionWindow = Frames.DEFAULT_WINDOW;
    private int initialWindow = Frames.DEFAULT_WINDOW;
    private int maxFrame = Frames.MIN_MAX_FRAME_SIZE;
    private boolean pumping;

    SendFlow(Outbox outbox) {
        this.outbox = outbox;
    }

    int initialWindow() {
        return initialWindow;
    }

    void maxFrame(int bytes) {
        maxFrame = bytes;
    }

    /**
     * The peer changed the initial window of all streams; returns the difference to apply to each.
     */
    long initialWindow(int bytes) {
        long difference = (long) bytes - initialWindow;
        initialWindow = bytes;
        return difference;
    }

    /**
     * The peer allows more on the connection; false if that is too much (RFC 9113 section 6.9.1).
     */
    boolean grow(int increment) {
        connectionWindow += increment;
        return connectionWindow <= Integer.MAX_VALUE;
    }

    boolean open(TunnelStream stream) {
        return stream.sendWindow() > 0
                && connectionWindow > 0
                && !stream.queued()
                && outbox.writable();
    }

    /** Sends the payload now if everything allows it, else queues it. */
    void send(TunnelStream stream, ByteBuf payload, boolean inPlace) {
        int bytes = payload.readableBytes();
        if (bytes <= stream.sendWindow()
                && bytes <= connectionWindow
                && !stream.queued()
                && outbox.writable()) {
            write(stream, payload, inPlace);
        } else {
            stream.queue().add(payload, inPlace);
            awaitTurn(stream);
            pump();
        }
    }

    private void write(TunnelStream stream, ByteBuf payload, boolean inPlace) {
        int bytes = payload.readableBytes();
        connectionWindow -= bytes;
        stream.sendWindow(-bytes);
        outbox.data(stream.id(), payload, inPlace, maxFrame);
    }

    /** The stream has something queued and wants its turn. */
    void awaitTurn(TunnelStream stream) {
        if (!stream.inTurn()) {
            stream.inTurn(true);
            turns.add(stream);
        }
    }

    /** Told once the stream may send again. */
    void watch(TunnelStream stream) {
        watchers.add(stream);
    }

    /** Sends what may be sent, turn by turn, then tells those who waited. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            turns();
        } finally {
            pumping = false;
        }
        outbox.flush();
        tellWatchers();
    }

    private void turns() {
        TunnelStream stream;
        while (outbox.writable() && (stream = turns.poll()) != null) {
            stream.inTurn(false);
            if (connectionWindow <= 0 && stream.queued()) {
                awaitTurnFirst(stream);
                return;
            }
            takeTurn(stream);
            if (stream.queued() && stream.sendWindow() > 0) {
                awaitTurn(stream);
            }
        }
    }

    private void awaitTurnFirst(TunnelStream stream) {
        stream.inTurn(true);
        turns.addFirst(stream);
    }

    private void takeTurn(TunnelStream stream) {
        int left = TURN;
        SendQueue.Queued head;
        while (left > 0 && (head = stream.queue().head()) != null) {
            int allowed = (int) Math.min(Math.min(left, stream.sendWindow()), connectionWindow);
            int bytes = head.payload().readableBytes();
            if (allowed <= 0) {
                return;
            }
            if (bytes <= allowed) {
                stream.queue().dropHead();
                write(stream, head.payload(), head.inPlace());
            } else {
                // What follows a piece may not be overwritten by its header: the piece is still on
                // its way.
                write(stream, head.payload().readRetainedSlice(allowed), false);
                stream.queue().replaceHead(new SendQueue.Queued(head.payload(), false));
            }
            left -= Math.min(bytes, allowed);
        }
        stream.queueSent();
    }

    private void tellWatchers() {
        if (watchers.isEmpty() || !outbox.writable() || connectionWindow <= 0) {
            return;
        }
        List<TunnelStream> asked = watchers;
        watchers = new ArrayList<>();
        for (TunnelStream stream : asked) {
            stream.tellIfOpen();
        }
    }
}
