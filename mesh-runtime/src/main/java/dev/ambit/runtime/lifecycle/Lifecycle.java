package dev.ambit.runtime.lifecycle;

/**
 * The life of a process: parts start in order, {@link #run} waits for SIGTERM, SIGINT or {@link
 * #requestStop}, drains, and stops the parts in reverse. A second SIGINT exits at once. Owned by
 * the main thread.
 */
public final class Lifecycle {

    public Lifecycle(String name, Drain drain) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Starts a part now; if it throws, the parts started before are stopped in reverse and the
     * exception goes on.
     */
    public void start(String part, ThrowingRunnable start, ThrowingRunnable stop) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Waits for the end, drains, stops; returns the exit code (0 asked for, 1 a part failed to
     * stop).
     */
    public int run() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Ends {@link #run} as SIGTERM would; from any thread. */
    public void requestStop(String why) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Ends {@link #run} with exit code 1, because a part can no longer work; from any thread. */
    public void fail(String why) {
        throw new UnsupportedOperationException("not built yet");
    }
}
