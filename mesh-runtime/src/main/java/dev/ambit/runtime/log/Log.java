package dev.ambit.runtime.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A logger for one target, for example {@code access} or {@code proxy::outbound}.
 *
 * <p>Lines are fields, not sentences: a short message and then key and value by turns. Strings and
 * anything unknown are quoted, numbers, booleans and addresses are bare, a {@code null} value
 * leaves its key out, a {@link Throwable} prints as its text (a bug, that is a {@link
 * RuntimeException} or {@link Error} on an error line, with its stack). Formatting happens on the
 * calling thread, writing on the writer's own. Safe from any thread, event loops included: it never
 * blocks.
 */
public final class Log {

    private static final ConcurrentHashMap<String, Log> LOGS = new ConcurrentHashMap<>();

    private final String target;

    /** The logger this one is a span of; decides what is enabled. */
    private final @Nullable Log parent;

    /** Read by every line, replaced when the filter changes. */
    private volatile Level threshold;

    private Log(String target, @Nullable Log parent) {
        this.target = target;
        this.parent = parent;
        this.threshold = parent == null ? Logging.filter().level(target) : Level.OFF;
    }

    /** The logger of a target; the same object for the same target. */
    public static Log get(String target) {
        Log known = LOGS.get(target);
        if (known != null) {
            return known;
        }
        // Outside the map's lock: the first logger starts the writer, which may log.
        Log made = new Log(target, null);
        Log raced = LOGS.putIfAbsent(target, made);
        Log log = raced == null ? made : raced;
        log.threshold = Logging.filter().level(target);
        return log;
    }

    static void filterChanged() {
        for (Log l : LOGS.values()) {
            l.threshold = Logging.filter().level(l.target);
        }
    }

    /** A logger whose lines carry {@code :span{fields}} after the target. */
    public Log span(String name, Object... keysAndValues) {
        return new Log(
                target + ":" + LineFormat.span(name, keysAndValues),
                parent == null ? this : parent);
    }

    public String target() {
        return target;
    }

    public boolean enabled(Level level) {
        return (parent == null ? threshold : parent.threshold).allows(level);
    }

    public boolean debugEnabled() {
        return enabled(Level.DEBUG);
    }

    public boolean traceEnabled() {
        return enabled(Level.TRACE);
    }

    public void error(String message, @Nullable Object... keysAndValues) {
        log(Level.ERROR, message, keysAndValues);
    }

    public void warn(String message, @Nullable Object... keysAndValues) {
        log(Level.WARN, message, keysAndValues);
    }

    public void info(String message, @Nullable Object... keysAndValues) {
        log(Level.INFO, message, keysAndValues);
    }

    public void debug(String message, @Nullable Object... keysAndValues) {
        log(Level.DEBUG, message, keysAndValues);
    }

    public void trace(String message, @Nullable Object... keysAndValues) {
        log(Level.TRACE, message, keysAndValues);
    }

    public void log(Level level, String message, @Nullable Object... keysAndValues) {
        if (enabled(level)) {
            Logging.write(
                    level,
                    target,
                    message,
                    level == Level.ERROR ? withStack(keysAndValues) : keysAndValues);
        }
    }

    private static @Nullable Object[] withStack(@Nullable Object[] fields) {
        for (Object field : fields) {
            if (field instanceof RuntimeException || field instanceof Error) {
                StringWriter stack = new StringWriter();
                ((Throwable) field).printStackTrace(new PrintWriter(stack, true));
                @Nullable Object[] more = Arrays.copyOf(fields, fields.length + 2);
                more[fields.length] = "stack";
                more[fields.length + 1] = stack.toString();
                return more;
            }
        }
        return fields;
    }
}
