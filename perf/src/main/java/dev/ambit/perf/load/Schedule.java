package dev.ambit.perf.load;

/**
 * When requests are due at a fixed rate, whatever became of those before. Times are of {@link
 * System#nanoTime}.
 *
 * @param perSecond requests a second, at least 1
 * @param total how many there are
 */
record Schedule(long startNanos, int perSecond, long total) {

    Schedule {
        if (perSecond < 1) {
            throw new IllegalArgumentException("rate: " + perSecond + " (expected: at least 1)");
        }
    }

    long dueNanos(long request) {
        return startNanos + request * 1_000_000_000L / perSecond;
    }

    /** How many are due by a time. */
    long dueBy(long nanos) {
        if (nanos < startNanos) {
            return 0;
        }
        return Math.min(total, (nanos - startNanos) * perSecond / 1_000_000_000L + 1);
    }
}
