package dev.ambit.runtime.lifecycle;

import dev.ambit.runtime.log.Log;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * "Finish what you have, take nothing new": one signal, a deadline, and a list of who is not done.
 * Safe from any thread.
 */
public final class Drain {

    private static final Log LOG = Log.get("drain");

    private final Duration grace;
    private final Clock clock;
    private final List<Runnable> actions = new ArrayList<>();
    private final Map<String, Integer> holders = new TreeMap<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    /** Read on the data path; set once under the lock. */
    private volatile Instant deadline = Instant.MAX;

    /** A drain that, once started, waits this long at most. */
    public Drain(Duration grace, Clock clock) {
        this.grace = grace;
        this.clock = clock;
    }

    public Drain(Duration grace) {
        this(grace, Clock.systemUTC());
    }

    public boolean started() {
        return !deadline.equals(Instant.MAX);
    }

    /** When what is left is cut; {@link Instant#MAX} before the start. */
    public Instant deadline() {
        return deadline;
    }

    public Duration grace() {
        return grace;
    }

    /** Runs once when draining starts, in order of registration; at once if it has. */
    public void onStart(Runnable action) {
        synchronized (this) {
            if (!started()) {
                actions.add(action);
                return;
            }
        }
        run(action);
    }

    /** Starts draining; later calls do nothing. */
    public void start() {
        List<Runnable> due;
        synchronized (this) {
            if (started()) {
                return;
            }
            deadline = clock.instant().plus(grace);
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Drain::run);
        finishIfIdle();
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            // The others must still hear of it.
            LOG.error("drain action failed", "error", e);
        }
    }

    /** Says that somebody has something to finish; draining waits for the token. */
    public Token hold(String who) {
        synchronized (this) {
            holders.merge(who, 1, Integer::sum);
        }
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                release(who);
            }
        };
    }

    private void release(String who) {
        synchronized (this) {
            holders.computeIfPresent(who, (w, n) -> n == 1 ? null : n - 1);
        }
        finishIfIdle();
    }

    private void finishIfIdle() {
        boolean idle;
        synchronized (this) {
            idle = started() && holders.isEmpty();
        }
        if (idle) {
            finished.complete(null);
        }
    }

    /** Who holds tokens now, with how many. */
    public synchronized List<String> holders() {
        return holders.entrySet().stream()
                .map(e -> e.getValue() == 1 ? e.getKey() : e.getKey() + " x" + e.getValue())
                .toList();
    }

    /** Complete when draining has started and no token is held. */
    public CompletableFuture<Void> finished() {
        return finished.copy();
    }

    /** Released once; releasing twice does nothing. */
    @FunctionalInterface
    public interface Token extends AutoCloseable {
        @Override
        void close();
    }
}
