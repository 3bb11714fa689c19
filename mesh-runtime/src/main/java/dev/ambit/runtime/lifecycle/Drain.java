package dev.ambit.runtime.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * "Finish what you have, take nothing new": one signal, a deadline, and a list of who is not done.
 * Safe from any thread.
 */
public final class Drain {

    /** A drain that, once started, waits this long at most. */
    public Drain(Duration grace, Clock clock) {
        throw new UnsupportedOperationException("not built yet");
    }

    public Drain(Duration grace) {
        this(grace, Clock.systemUTC());
    }

    public boolean started() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** When what is left is cut; {@link Instant#MAX} before the start. */
    public Instant deadline() {
        throw new UnsupportedOperationException("not built yet");
    }

    public Duration grace() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Runs once when draining starts, in order of registration; at once if it has. */
    public void onStart(Runnable action) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Starts draining; later calls do nothing. */
    public void start() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Says that somebody has something to finish; draining waits for the token. */
    public Token hold(String who) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Who holds tokens now. */
    public List<String> holders() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Complete when draining has started and no token is held. */
    public CompletableFuture<Void> finished() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Released once; releasing twice does nothing. */
    @FunctionalInterface
    public interface Token extends AutoCloseable {
        @Override
        void close();
    }
}
