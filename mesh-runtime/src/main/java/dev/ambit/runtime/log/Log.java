package dev.ambit.runtime.log;

import java.util.concurrent.ConcurrentHashMap;

/**
 * A logger for one target, for example {@code access} or {@code proxy::outbound}.
 *
 * <p>Lines are fields, not sentences: a short message and then key and value by turns. Strings and
 * anything unknown are quoted, numbers, booleans and addresses are bare, a {@code null} value
 * leaves its key out, a {@link Throwable} prints as its text. Formatting happens on the calling
 * thread, writing on the writer's own. Safe from any thread, event loops included: it never blocks.
 */
public final class Log {

    private static final ConcurrentHashMap<String, Log> LOGS = new ConcurrentHashMap<>();

    private final String target;

    private Log(String target) {
        this.target = target;
    }

    /** The logger of a target; the same object for the same target. */
    public static Log get(String target) {
        return LOGS.computeIfAbsent(target, Log::new);
    }

    public String target() {
        return target;
    }

    public boolean enabled(Level level) {
        return Level.INFO.allows(level);
    }

    public boolean debugEnabled() {
        return enabled(Level.DEBUG);
    }

    public boolean traceEnabled() {
        return enabled(Level.TRACE);
    }

    public void error(String message, Object... keysAndValues) {
        log(Level.ERROR, message, keysAndValues);
    }

    public void warn(String message, Object... keysAndValues) {
        log(Level.WARN, message, keysAndValues);
    }

    public void info(String message, Object... keysAndValues) {
        log(Level.INFO, message, keysAndValues);
    }

    public void debug(String message, Object... keysAndValues) {
        log(Level.DEBUG, message, keysAndValues);
    }

    public void trace(String message, Object... keysAndValues) {
        log(Level.TRACE, message, keysAndValues);
    }

    public void log(Level level, String message, Object... keysAndValues) {
        throw new UnsupportedOperationException("not built yet");
    }
}
