package dev.ambit.perf.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Times of answers in nanoseconds, kept to three digits, up to a minute. */
final class Latencies {

    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Histogram histogram = new Histogram(LONGEST_NANOS, 3);

    void add(long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    long count() {
        return histogram.getTotalCount();
    }

    /** Fields of a JSON object, in milliseconds. */
    String json(String prefix) {
        return String.format(
                Locale.ROOT,
                "\"%1$sp50_ms\": %2$.4f, \"%1$sp99_ms\": %3$.4f, \"%1$sp99.9_ms\": %4$.4f,"
                        + " \"%1$smax_ms\": %5$.4f",
                prefix,
                at(50),
                at(99),
                at(99.9),
                histogram.getMaxValue() / 1e6);
    }

    private double at(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
