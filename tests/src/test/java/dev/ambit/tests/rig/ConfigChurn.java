package dev.ambit.tests.rig;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Writes, changes and removes policies that apply to nobody: work for istiod and every proxy. */
final class ConfigChurn {

    private static final int NAMES = 10;

    private final Stage stage;
    private final long pauseNanos;
    private final Repeating repeating;
    private final AtomicInteger written = new AtomicInteger();

    ConfigChurn(Stage stage, int perSecond) {
        this.stage = stage;
        this.pauseNanos = Duration.ofSeconds(1).toNanos() / perSecond;
        this.repeating = new Repeating("config", 1, this::once);
    }

    Verdict judge() {
        repeating.stop();
        for (int i = 0; i < NAMES; i++) {
            stage.mesh().cluster().delete("churn-" + i);
        }
        return new Verdict(written + " objects written", 0, List.of());
    }

    private void once() {
        int n = written.getAndIncrement();
        String name = "churn-" + n % NAMES;
        if (n / NAMES % 3 == 2) {
            stage.mesh().cluster().delete(name);
        } else {
            stage.mesh().cluster().apply(name, Stage.deny(name, "nobody-" + n, stage.client()));
        }
        LockSupport.parkNanos(pauseNanos);
    }
}
