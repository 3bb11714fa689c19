package dev.ambit.runtime.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which lines are written: a level for all targets and levels for targets by their beginning, as
 * {@code RUST_LOG} writes it: {@code info,access=debug,proxy::outbound=trace}. The longest matching
 * beginning wins. Immutable.
 *
 * <p>Libraries ({@code io.netty}, {@code io.grpc}) stay at info unless they are named, because at
 * debug they say more than the mesh.
 */
public record LogFilter(Level byDefault, Map<String, Level> targets) {

    /** What is written when nobody says anything. */
    public static final LogFilter INFO = new LogFilter(Level.INFO, Map.of());

    private static final Map<String, Level> QUIET =
            Map.of(
                    "io.netty",
                    Level.INFO,
                    "io.grpc",
                    Level.INFO,
                    "io.micrometer",
                    Level.WARN,
                    // What it tries again, istiod says itself, in a line and not in a stack.
                    "io.fabric8",
                    Level.ERROR);

    public LogFilter {
        targets = Map.copyOf(targets);
    }

    /**
     * Reads a filter.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static LogFilter parse(String text) {
        return INFO.with(text);
    }

    /** This filter with more parts; a later part of the same target wins. */
    public LogFilter with(String text) {
        Level level = byDefault;
        Map<String, Level> named = new LinkedHashMap<>(targets);
        for (String part : text.split(",", -1)) {
            String p = part.strip();
            if (p.isEmpty()) {
                continue;
            }
            int eq = p.indexOf('=');
            Optional<Level> alone = Level.parse(p);
            if (eq < 0 && alone.isPresent()) {
                level = alone.get();
            } else if (eq < 0) {
                named.put(target(p, p), Level.TRACE);
            } else {
                named.put(target(p.substring(0, eq).strip(), p), level(p.substring(eq + 1), p));
            }
        }
        return new LogFilter(level, named);
    }

    private static String target(String name, String part) {
        // Upstream's own module prefix means nothing here but is in people's fingers.
        String target = name;
        while (target.startsWith("ztunnel::")) {
            target = target.substring("ztunnel::".length());
        }
        // Nothing would be the beginning of every target.
        if (!target.matches("[A-Za-z0-9_.:$-]+")) {
            throw new IllegalArgumentException(part + " (expected: target=level)");
        }
        return target;
    }

    private static Level level(String name, String part) {
        return Level.parse(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        part
                                                + " (expected: off, error, warn, info, debug, trace)"));
    }

    /** The level of a target. */
    public Level level(String target) {
        String best = longest(targets, target);
        if (best != null) {
            return targets.getOrDefault(best, byDefault);
        }
        String quiet = longest(QUIET, target);
        Level least = quiet == null ? byDefault : QUIET.getOrDefault(quiet, byDefault);
        return least.allows(byDefault) || byDefault == Level.OFF ? byDefault : least;
    }

    private static @org.jspecify.annotations.Nullable String longest(
            Map<String, Level> of, String target) {
        String best = null;
        for (String name : of.keySet()) {
            if (target.startsWith(name) && (best == null || name.length() > best.length())) {
                best = name;
            }
        }
        return best;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(byDefault.text());
        targets.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        e ->
                                s.append(',')
                                        .append(e.getKey())
                                        .append('=')
                                        .append(e.getValue().text()));
        return s.toString();
    }
}
