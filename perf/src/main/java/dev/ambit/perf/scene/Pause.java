package dev.ambit.perf.scene;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time that passes because the figure is about what happens in it. */
final class Pause {

    private Pause() {}

    static void of(Duration length) {
        try {
            boolean never = new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS);
            if (never) {
                throw new AssertionError("nobody counts down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }
}
