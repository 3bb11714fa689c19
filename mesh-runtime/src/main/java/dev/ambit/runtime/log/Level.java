package dev.ambit.runtime.log;

import java.util.Locale;
import java.util.Optional;

/** Severity of a log line, most severe first. {@link #OFF} is only a filter. */
public enum Level {
    OFF(0),
    ERROR(1),
    WARN(2),
    INFO(3),
    DEBUG(4),
    TRACE(5);

    private final int rank;
    private final String text = name().toLowerCase(Locale.ROOT);

    Level(int rank) {
        this.rank = rank;
    }

    /** Lower case, as lines and filters print it. */
    public String text() {
        return text;
    }

    /** The level of that name in any case, or empty. */
    public static Optional<Level> parse(String text) {
        for (Level l : values()) {
            if (l.text.equalsIgnoreCase(text.strip())) {
                return Optional.of(l);
            }
        }
        return Optional.empty();
    }

    /** Whether a filter of this level lets a line of that level through. */
    boolean allows(Level line) {
        return line != OFF && line.rank <= rank;
    }
}
