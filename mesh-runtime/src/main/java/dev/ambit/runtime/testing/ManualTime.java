package dev.ambit.runtime.testing;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Time that moves only when told: a clock and a scheduler that agree. Tasks run on the thread that
 * advances the time. For one test thread.
 */
public final class ManualTime {

    public Clock clock() {
        throw new UnsupportedOperationException("not built yet");
    }

    public ScheduledExecutorService scheduler() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Moves on and runs what is due, in order of its time. */
    public void advance(Duration by) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Number of tasks waiting; a teardown asserts zero. */
    public int pending() {
        throw new UnsupportedOperationException("not built yet");
    }
}
