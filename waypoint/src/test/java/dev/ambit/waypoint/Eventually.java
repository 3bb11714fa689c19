package dev.ambit.waypoint;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** For what happens on another thread without telling the test. */
final class Eventually {

    private static final long LIMIT_NANOS = 20_000_000_000L;
    private static final long PAUSE_NANOS = 5_000_000L;

    private Eventually() {}

    static void holds(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
