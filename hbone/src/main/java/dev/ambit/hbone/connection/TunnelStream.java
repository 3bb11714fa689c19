package dev.ambit.hbone.connection;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.SliceQueue;
import dev.ambit.hbone.TunnelBroken;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One CONNECT stream of a connection, from its HEADERS to its end. */
public final class TunnelStream implements HboneStream {
    private final HboneConnection connection;
    private final int id;
    private final Window window;
    private long sendWindow;

    private @Nullable StreamEvents opening;
    private @Nullable Receiver receiver;
    private @Nullable SliceQueue early;
    private final SendQueue queue = new SendQueue();
    private boolean inTurn;
    private boolean watching;
    private boolean touched;

    private boolean localEnding;
    private boolean localEnded;
    private boolean remoteEnded;
    private boolean closed;
    private boolean endTold;
    private boolean resetTold;
    private boolean closedTold;
    private long resetCode = -1;
    private @Nullable Throwable cause;

    TunnelStream(HboneConnection connection, int id, StreamEvents opening) {
        this.connection = connection;
        this.id = id;
        this.opening = opening;
        this.window = new Window(connection.settings().streamWindow());
        this.sendWindow = connection.sendFlow().initialWindow();
    }

    /** Number of the stream on its connection. */
    public int id() {
        return id;
    }

    /** The connection it lives on. */
    public HboneConnection connection() {
        return connection;
    }

    @Override
    public @Nullable String tlsGroup() {
        return connection.outbox().tlsGroup();
    }

    /** Whether it is over, both ways. */
    public boolean closed() {
        return closed;
    }

    /** Whether the CONNECT still waits for its answer. */
    boolean opening() {
        return opening != null;
    }

    boolean remoteEnded() {
        return remoteEnded;
    }

    @Override
    public EventLoop loop() {
        return connection.loop();
    }

    @Override
    public void receiver(Receiver next) {
        assert loop().inEventLoop();
        receiver = next;
        SliceQueue waiting = early;
        early = null;
        if (waiting != null) {
            ByteBuf slice;
            while ((slice = waiting.poll()) != null) {
                next.data(slice);
            }
            next.readComplete();
        }
        tellEnd();
        tellClosed();
    }

    @Override
    public void send(ByteBuf payload) {
        send(payload, false);
    }

    @Override
    public void sendInPlace(ByteBuf payload) {
        send(payload, true);
    }

    private void send(ByteBuf payload, boolean inPlace) {
        assert loop().inEventLoop();
        if (localEnding || closed || !payload.isReadable()) {
            payload.release();
        } else {
            connection.sendFlow().send(this, payload, inPlace);
        }
    }

    @Override
    public boolean writable() {
        assert loop().inEventLoop();
        if (closed || connection.sendFlow().open(this)) {
            return true;
        }
        if (!watching) {
            watching = true;
            connection.sendFlow().watch(this);
        }
        return false;
    }

    void tellIfOpen() {
        watching = false;
        Receiver to = receiver;
        if (!closed && to != null && writable()) {
            to.writableChanged(true);
        }
    }

    @Override
    public void flush() {
        connection.outbox().flush();
    }

    @Override
    public void end() {
        assert loop().inEventLoop();
        if (localEnding || closed) {
            return;
        }
        localEnding = true;
        if (!queued()) {
            endNow();
        }
    }

    private void endNow() {
        localEnded = true;
        connection.outbox().endStream(id);
        connection.outbox().flush();
        closeIfDone();
    }

    @Override
    public void reset(long errorCode) {
        assert loop().inEventLoop();
        if (!closed) {
            connection.outbox().rstStream(id, errorCode);
            close(null);
        }
        discardEarly();
    }

    @Override
    public void credit(int bytes) {
        assert loop().inEventLoop();
        if (closed || bytes == 0) {
            return;
        }
        connection.credit(bytes);
        int increment = window.giveBack(bytes);
        if (increment > 0 && !remoteEnded) {
            connection.outbox().windowUpdate(id, increment);
        }
    }

    /** Server: answers 200; from here on it is a tunnel. */
    public void accept(Map<String, String> headers) {
        assert loop().inEventLoop();
        if (!closed && opening != null) {
            opening = null;
            connection.respond(this, 200, headers, false);
        }
    }

    /** Server: answers something else and is done with the stream. */
    public void refuse(int status) {
        assert loop().inEventLoop();
        if (closed || opening == null) {
            return;
        }
        opening = null;
        connection.respond(this, status, Map.of(), true);
        if (!remoteEnded) {
            // The response is whole; what the peer still sends is not wanted (RFC 9113 section
            // 8.1).
            connection.outbox().rstStream(id, ErrorCode.NO_ERROR);
        }
        close(null);
        discardEarly();
    }

    void answered(int status, Map<String, String> headers) {
        StreamEvents events = opening;
        opening = null;
        if (status != 200) {
            connection.outbox().rstStream(id, ErrorCode.CANCEL);
            close(null);
            discardEarly();
        }
        if (events != null) {
            events.answered(this, status, headers);
        }
    }

    /** The peer may send so many; false if it should not have. */
    boolean take(int bytes) {
        return window.take(bytes);
    }

    void received(ByteBuf slice) {
        Receiver to = receiver;
        if (to != null) {
            touch();
            to.data(slice);
            return;
        }
        if (early == null) {
            early = new SliceQueue(connection.alloc());
        }
        early.add(slice);
    }

    private void touch() {
        if (!touched) {
            touched = true;
            connection.touched(this);
        }
    }

    void readComplete() {
        touched = false;
        Receiver to = receiver;
        if (to != null && !closedTold) {
            to.readComplete();
        }
    }

    void receivedEnd() {
        remoteEnded = true;
        tellEnd();
        closeIfDone();
    }

    void receivedReset(long errorCode) {
        StreamEvents events = opening;
        resetCode = errorCode;
        if (ErrorCode.endsStream(errorCode)) {
            remoteEnded = true;
        }
        // Over before anybody hears of it: a reset is never answered with a reset (RFC 9113 section
        // 5.4.2).
        over(null);
        tellEnd();
        tellClosed();
        if (events != null) {
            opening = null;
            boolean unprocessed = errorCode == ErrorCode.REFUSED_STREAM;
            events.broken(
                    this,
                    new StreamEvents.Break(
                            errorCode,
                            unprocessed,
                            null,
                            "stream reset: " + ErrorCode.name(errorCode)));
        }
    }

    /**
     * The peer broke the rules of the stream: we reset it, and whoever waits or listens learns of a
     * broken tunnel.
     */
    void fault(long errorCode) {
        connection.outbox().rstStream(id, errorCode);
        String reason = "stream broken by peer: " + ErrorCode.name(errorCode);
        lost(new StreamEvents.Break(errorCode, false, null, reason), new TunnelBroken(reason));
    }

    /** The connection died under the stream, or never took it. */
    void lost(StreamEvents.Break why, Throwable reason) {
        StreamEvents events = opening;
        opening = null;
        close(reason);
        if (events != null) {
            events.broken(this, why);
        }
    }

    private void tellEnd() {
        Receiver to = receiver;
        if (to == null || closedTold) {
            return;
        }
        if (remoteEnded && !endTold) {
            endTold = true;
            to.end();
        }
        if (resetCode >= 0 && !ErrorCode.endsStream(resetCode) && !resetTold) {
            resetTold = true;
            to.reset(resetCode);
        }
    }

    private void closeIfDone() {
        if (localEnded && remoteEnded && !closed) {
            close(null);
        }
    }

    private void close(@Nullable Throwable reason) {
        over(reason);
        tellClosed();
    }

    private void over(@Nullable Throwable reason) {
        if (closed) {
            return;
        }
        closed = true;
        cause = reason;
        queue.drop();
        if (opening != null || reason != null || !remoteEnded) {
            discardEarly();
        }
        connection.closed(this, window.held());
    }

    private void tellClosed() {
        Receiver to = receiver;
        if (closed && to != null && !closedTold) {
            closedTold = true;
            to.closed(cause);
        }
    }

    private void discardEarly() {
        SliceQueue waiting = early;
        early = null;
        if (waiting != null) {
            waiting.release();
        }
    }

    int sendWindow() {
        return (int) Math.max(Integer.MIN_VALUE, sendWindow);
    }

    /** Changes what the peer allows; false if that is more than a window can be. */
    boolean sendWindow(long difference) {
        sendWindow += difference;
        return sendWindow <= Integer.MAX_VALUE;
    }

    boolean queued() {
        return !queue.isEmpty();
    }

    /** What waits for window or turn. */
    SendQueue queue() {
        return queue;
    }

    void queueSent() {
        if (localEnding && !localEnded && !closed && !queued()) {
            endNow();
        }
    }

    boolean inTurn() {
        return inTurn;
    }

    void inTurn(boolean waits) {
        inTurn = waits;
    }
}
