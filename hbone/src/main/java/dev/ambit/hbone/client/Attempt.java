package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.connection.ConnectionEnd;
import dev.ambit.hbone.connection.StreamEvents;
import dev.ambit.hbone.connection.TunnelStream;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One wish for a tunnel until it is answered. Tells its caller exactly once. On the pool's loop.
 */
final class Attempt implements StreamEvents {
    private final ConnectRequest request;
    private final OpenCallback callback;
    private final Consumer<Attempt> again;
    private boolean pooled;
    private boolean retried;
    private boolean done;
    private @Nullable Future<?> timer;
    private @Nullable TunnelStream stream;

    /** Gets another try through {@code again}, once, if the connection was to blame. */
    Attempt(ConnectRequest request, OpenCallback callback, Consumer<Attempt> again) {
        this.request = request;
        this.callback = callback;
        this.again = again;
    }

    /** Whether only a connection of its own will do. */
    boolean retried() {
        return retried;
    }

    /** Whether there was an outcome, or nobody waits for one. */
    boolean done() {
        return done;
    }

    /** Whether a connection was asked. */
    boolean asked() {
        return stream != null;
    }

    /** Asks on this connection, which has room. */
    void ask(ClientConnection connection, boolean fromPool, Duration patience) {
        pooled = fromPool;
        TunnelStream opened = connection.open(request, this);
        stream = opened;
        EventLoop loop = opened.loop();
        timer = loop.schedule(() -> noAnswer(patience), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void noAnswer(Duration patience) {
        TunnelStream waiting = stream;
        if (!done && waiting != null) {
            fail(new OpenFailure.H2("no answer to CONNECT in " + patience.toSeconds() + " s"));
            waiting.reset(ErrorCode.CANCEL);
        }
    }

    @Override
    public void answered(TunnelStream answered, int status, Map<String, String> headers) {
        if (status != 200) {
            fail(new OpenFailure.Status(status));
        } else if (finish()) {
            callback.opened(answered, headers);
        }
    }

    /**
     * Before the answer no byte has gone to the target, so another try is safe: once, if the peer
     * did not take the stream or a pooled connection turned out dead.
     */
    @Override
    public void broken(TunnelStream broken, Break why) {
        boolean anotherTry = why.unprocessed() || (pooled && why.end() != null);
        if (anotherTry && !retried && !done && !tls(why)) {
            retried = true;
            cancelTimer();
            stream = null;
            again.accept(this);
        } else {
            fail(tls(why) ? new OpenFailure.Tls(why.reason()) : new OpenFailure.H2(why.reason()));
        }
    }

    private static boolean tls(Break why) {
        return why.end() != null && why.end().by() == ConnectionEnd.By.TLS;
    }

    /** Nobody waits for the outcome any more; false if there was one already. */
    boolean cancel() {
        TunnelStream waiting = stream;
        boolean cancelled = finish();
        if (cancelled && waiting != null) {
            waiting.reset(ErrorCode.CANCEL);
        }
        return cancelled;
    }

    void fail(OpenFailure failure) {
        if (finish()) {
            callback.failed(failure);
        }
    }

    private boolean finish() {
        if (done) {
            return false;
        }
        done = true;
        cancelTimer();
        return true;
    }

    private void cancelTimer() {
        Future<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }
}
