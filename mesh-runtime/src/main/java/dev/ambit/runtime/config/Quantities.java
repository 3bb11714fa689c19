package dev.ambit.runtime.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. Pure. */
public final class Quantities {

    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmg]i?|)b?");
    private static final Map<String, Double> NANOS =
            Map.of(
                    "ns", 1d, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9,
                    "d", 86400e9);
    private static final Map<String, Long> FACTORS =
            Map.of(
                    "",
                    1L,
                    "k",
                    1000L,
                    "ki",
                    1L << 10,
                    "m",
                    1_000_000L,
                    "mi",
                    1L << 20,
                    "g",
                    1_000_000_000L,
                    "gi",
                    1L << 30);

    private Quantities() {}

    /** {@code 10s}, {@code 1h30m}, {@code 250ms}, {@code 0}; empty if it is none. */
    public static Optional<Duration> duration(String text) {
        String t = text.strip();
        if (t.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher m = PART.matcher(t);
        double nanos = 0;
        int end = 0;
        while (m.find() && m.start() == end) {
            nanos += Double.parseDouble(m.group(1)) * NANOS.getOrDefault(m.group(2), 0d);
            end = m.end();
        }
        if (end == 0 || end != t.length() || nanos > Long.MAX_VALUE) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(Math.round(nanos)));
    }

    /** {@code 65536}, {@code 64Ki}, {@code 4Mi}, {@code 4M}; empty if it is none or too large. */
    public static Optional<Long> bytes(String text) {
        Matcher m = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Math.multiplyExact(
                            Long.parseLong(m.group(1)), FACTORS.getOrDefault(m.group(2), 1L)));
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
