package dev.ambit.hbone.bed;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, within bounds, for what another thread will do. */
public final class Await {
    private static final long MOST = Duration.ofSeconds(20).toNanos();

    private Await() {}

    /** Returns when it holds; fails with the sentence if it does not in good time. */
    public static void until(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > MOST) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
