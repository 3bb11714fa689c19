package dev.ambit.perf.report;

import java.util.Locale;

/** What can be asked for with {@code --only=}: figures that one load gives. */
public enum Group {
    IDLE,
    THROUGHPUT,
    REVERSE,
    PASSTHROUGH,
    REQUESTS,
    RATE,
    CONNECTIONS,
    HOLD,
    NODE,
    LOOPS,
    WORKLOADS,
    POLICIES;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
