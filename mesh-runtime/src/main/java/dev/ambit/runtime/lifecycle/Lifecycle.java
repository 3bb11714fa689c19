package dev.ambit.runtime.lifecycle;

import dev.ambit.runtime.log.Log;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The life of a process: parts start in order, {@link #run} waits for SIGTERM, SIGINT or {@link
 * #requestStop}, drains, and stops the parts in reverse. A second SIGINT exits at once. Owned by
 * the main thread.
 */
public final class Lifecycle {

    private static final Log LOG = Log.get("lifecycle");

    /** A part that cannot stop in this time is left behind; the process ends anyway. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private static final int INTERRUPTED = 130;

    private record Part(String name, ThrowingRunnable stop) {}

    private record End(String why, int exitCode) {}

    private final String name;
    private final Drain drain;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final long startNanos = System.nanoTime();

    public Lifecycle(String name, Drain drain) {
        this.name = name;
        this.drain = drain;
    }

    /**
     * Starts a part now; if it throws, the parts started before are stopped in reverse and the
     * exception goes on.
     */
    public void start(String part, ThrowingRunnable start, ThrowingRunnable stop) {
        LOG.debug("starting", "part", part);
        try {
            start.run();
            parts.push(new Part(part, stop));
        } catch (RuntimeException e) {
            stopParts();
            throw e;
        } catch (Exception e) {
            stopParts();
            throw new IllegalStateException(part + " did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Waits for the end, drains, stops; returns the exit code (0 asked for, 1 something failed).
     */
    public int run() {
        Runnable restore =
                Signals.on(Map.of("TERM", () -> requestStop("SIGTERM"), "INT", this::interrupt));
        LOG.info(
                name + " started",
                "after",
                Duration.ofNanos(System.nanoTime() - startNanos),
                "parts",
                parts.size());
        End reason = end.join();
        LOG.info("shutdown started", "reason", reason.why(), "deadline", drain.grace());
        drain.start();
        awaitDrain();
        boolean clean = stopParts();
        LOG.info("shutdown complete");
        restore.run();
        return reason.exitCode() == 0 && !clean ? 1 : reason.exitCode();
    }

    private void interrupt() {
        if (!interrupted.compareAndSet(false, true)) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        requestStop("SIGINT");
    }

    /** Says that somebody has something to finish; the end waits for the token, for the grace. */
    public Drain.Token hold(String who) {
        return drain.hold(who);
    }

    /** Ends {@link #run} as SIGTERM would; from any thread. */
    public void requestStop(String why) {
        end.complete(new End(why, 0));
    }

    /** Ends {@link #run} with exit code 1, because a part can no longer work; from any thread. */
    public void fail(String why) {
        end.complete(new End(why, 1));
    }

    private void awaitDrain() {
        try {
            drain.finished().get(drain.grace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("drain deadline reached", "left", String.join(", ", drain.holders()));
        } catch (ExecutionException e) {
            LOG.error("drain failed", "error", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops in reverse order, each on a thread of its own so that one cannot hold up the rest. */
    private boolean stopParts() {
        boolean clean = true;
        while (!parts.isEmpty()) {
            clean &= stop(parts.pop());
        }
        return clean;
    }

    private static boolean stop(Part part) {
        LOG.debug("stopping", "part", part.name());
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("stop-" + part.name())
                .start(
                        () -> {
                            try {
                                part.stop().run();
                                done.complete(null);
                            } catch (Exception | Error e) {
                                done.completeExceptionally(e);
                            }
                        });
        try {
            done.get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            LOG.error("part did not stop in time", "part", part.name(), "limit", STOP_LIMIT);
        } catch (ExecutionException e) {
            LOG.error("part failed to stop", "part", part.name(), "error", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
