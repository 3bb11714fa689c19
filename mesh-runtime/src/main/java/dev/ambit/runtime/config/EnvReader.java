package dev.ambit.runtime.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Typed reads of the environment. A mistake does not throw: the default is returned, the mistake is
 * remembered, and {@link #finish()} reports all of them together. Used by one thread at start.
 *
 * <p>A variable set to the empty string counts as not set, except for {@link #raw}.
 */
public final class EnvReader {

    private final Map<String, String> env;
    private final List<String> problems = new ArrayList<>();

    private EnvReader(Map<String, String> env) {
        this.env = env;
    }

    public static EnvReader of(Map<String, String> env) {
        return new EnvReader(Map.copyOf(env));
    }

    public static EnvReader system() {
        return new EnvReader(System.getenv());
    }

    /** The value as it is, the empty string included. */
    public Optional<String> raw(String key) {
        return Optional.ofNullable(env.get(key));
    }

    public Optional<String> text(String key) {
        return raw(key).filter(v -> !v.isEmpty());
    }

    public String text(String key, String byDefault) {
        return text(key).orElse(byDefault);
    }

    /** The value, or a problem if it is not there (then the empty string). */
    public String required(String key, String expected) {
        Optional<String> v = text(key);
        if (v.isEmpty()) {
            problem(key, "", expected);
        }
        return v.orElse("");
    }

    /** {@code true/false}, {@code 1/0}, {@code yes/no}, {@code on/off} in any case. */
    public boolean flag(String key, boolean byDefault) {
        String v = text(key, String.valueOf(byDefault)).strip();
        if (v.equalsIgnoreCase("true")
                || v.equals("1")
                || v.equalsIgnoreCase("yes")
                || v.equalsIgnoreCase("on")) {
            return true;
        }
        if (v.equalsIgnoreCase("false")
                || v.equals("0")
                || v.equalsIgnoreCase("no")
                || v.equalsIgnoreCase("off")) {
            return false;
        }
        problem(key, v, "true or false");
        return byDefault;
    }

    public int integer(String key, int byDefault, int min, int max) {
        return Math.toIntExact(whole(key, byDefault, min, max));
    }

    public long whole(String key, long byDefault, long min, long max) {
        Optional<String> v = text(key);
        if (v.isEmpty()) {
            return byDefault;
        }
        try {
            long n = Long.parseLong(v.get().strip());
            if (n >= min && n <= max) {
                return n;
            }
        } catch (NumberFormatException e) {
            // reported below with the range
        }
        problem(key, v.get(), min + "-" + max);
        return byDefault;
    }

    /**
     * A number of bytes: {@code 65536}, {@code 64Ki}, {@code 4Mi}, {@code 1Gi}, {@code 64K}, {@code
     * 4M}.
     */
    public long bytes(String key, long byDefault, long min, long max) {
        Optional<String> v = text(key);
        if (v.isEmpty()) {
            return byDefault;
        }
        Optional<Long> n = Quantities.bytes(v.get());
        if (n.isPresent() && n.get() >= min && n.get() <= max) {
            return n.get();
        }
        problem(key, v.get(), "bytes between " + min + " and " + max + ", for example 4Mi");
        return byDefault;
    }

    /** A duration: {@code 10s}, {@code 5m}, {@code 1h30m}, {@code 250ms}. */
    public Duration duration(String key, Duration byDefault) {
        Optional<String> v = text(key);
        if (v.isEmpty()) {
            return byDefault;
        }
        Optional<Duration> d = Quantities.duration(v.get());
        if (d.isEmpty()) {
            problem(key, v.get(), "a duration such as 10s, 5m, 1h30m, 250ms");
        }
        return d.orElse(byDefault);
    }

    public Optional<Path> path(String key) {
        Optional<String> v = text(key);
        try {
            return v.map(Path::of);
        } catch (InvalidPathException e) {
            problem(key, v.orElse(""), "a path");
            return Optional.empty();
        }
    }

    /** One of the named choices, names in any case. */
    public <E> E choice(String key, E byDefault, Map<String, E> choices) {
        Optional<String> v = text(key);
        if (v.isEmpty()) {
            return byDefault;
        }
        for (Map.Entry<String, E> c : choices.entrySet()) {
            if (c.getKey().equalsIgnoreCase(v.get().strip())) {
                return c.getValue();
            }
        }
        problem(key, v.get(), String.join(", ", new TreeMap<>(choices).keySet()));
        return byDefault;
    }

    /** All variables of a prefix, the prefix cut off, sorted. */
    public Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new TreeMap<>();
        env.forEach(
                (k, v) -> {
                    if (k.startsWith(prefix) && k.length() > prefix.length()) {
                        found.put(k.substring(prefix.length()), v);
                    }
                });
        return found;
    }

    /** Remembers a mistake that only the caller can see. */
    public void problem(String key, String got, String expected) {
        problems.add(
                "AMB1001 "
                        + key
                        + ": "
                        + (got.isEmpty() ? "not set" : got)
                        + " (expected: "
                        + expected
                        + ")");
    }

    /** Throws {@link ConfigException} with every mistake so far; does nothing if there is none. */
    public void finish() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
