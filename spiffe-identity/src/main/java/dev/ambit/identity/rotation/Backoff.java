package dev.ambit.identity.rotation;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * When to try again (ambient.md 1.15): 500 ms, 1 s, 2 s and so on up to 150 s, each ±20 %. The
 * first is short because a CA may not know a new pod yet.
 */
record Backoff(DoubleSupplier jitter) {

    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration CAP = Duration.ofSeconds(150);
    private static final double SPREAD = 0.2;

    /** The delay after that many failures in a row, at least one. */
    Duration after(int failures) {
        long base = CAP.toMillis();
        // 2^9 times the first is past the cap.
        if (failures < 10) {
            base = Math.min(base, FIRST.toMillis() << (failures - 1));
        }
        double factor = 1 + SPREAD * (2 * jitter.getAsDouble() - 1);
        return Duration.ofMillis(Math.min(CAP.toMillis(), Math.round(base * factor)));
    }

    /** Any moment of that time. */
    Duration within(Duration most) {
        return Duration.ofMillis(Math.round(most.toMillis() * jitter.getAsDouble()));
    }
}
