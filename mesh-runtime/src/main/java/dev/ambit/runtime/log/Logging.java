package dev.ambit.runtime.log;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all loggers of the process share: filter, format, writer. Starts with {@code RUST_LOG} and
 * {@code LOG_FORMAT} of the environment and writes to standard output; changeable at any time.
 */
public final class Logging {

    private static final LineWriter WRITER = new LineWriter(System.out);

    /** Read by every line, replaced by {@link #setFilter}. */
    private static volatile LogFilter filter = LogFilter.INFO;

    /** What {@code /logging?reset} returns to. */
    private static volatile LogFilter initial = LogFilter.INFO;

    private static volatile LogFormat format = LogFormat.PLAIN;

    static {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        JulBridge.install();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("log-flush").unstarted(Logging::flush));
        configure(System.getenv());
    }

    private Logging() {}

    /**
     * Makes sure that libraries log through here. Every logger does so on first use; call it before
     * touching Netty where no logger was made yet.
     */
    public static void start() {
        // the static initialiser has done it
    }

    /**
     * Takes {@code RUST_LOG} and {@code LOG_FORMAT} of an environment; a bad filter means info and
     * a warning.
     */
    public static void configure(Map<String, String> env) {
        format = "json".equalsIgnoreCase(env.get("LOG_FORMAT")) ? LogFormat.JSON : LogFormat.PLAIN;
        String wanted = env.getOrDefault("RUST_LOG", "");
        try {
            initial = LogFilter.parse(wanted);
        } catch (IllegalArgumentException e) {
            initial = LogFilter.INFO;
            write(
                    Level.WARN,
                    "log",
                    "bad filter ignored",
                    new Object[] {"RUST_LOG", e.getMessage()});
        }
        setFilter(initial);
    }

    public static LogFilter filter() {
        return filter;
    }

    /** The filter the process started with. */
    public static LogFilter initialFilter() {
        return initial;
    }

    public static synchronized void setFilter(LogFilter next) {
        filter = next;
        Log.filterChanged();
        JulBridge.filterChanged(next);
    }

    public static LogFormat format() {
        return format;
    }

    public static void setFormat(LogFormat next) {
        format = next;
    }

    /** Lines lost because the output was too slow. */
    public static long droppedLines() {
        return WRITER.dropped();
    }

    /** A line that has a format of its own, such as Istio's access log; written as it is. */
    public static void line(String line) {
        WRITER.write((line + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Has what is queued written before returning; gives up on an output that is stuck. */
    public static void flush() {
        WRITER.flush(LineWriter.FLUSH);
    }

    /** Writes elsewhere until closed; for tests. */
    public static AutoCloseable redirect(OutputStream to) {
        WRITER.redirect(to);
        return () -> WRITER.redirect(System.out);
    }

    static void write(Level level, String target, String message, @Nullable Object[] fields) {
        Instant now = Instant.now();
        WRITER.write(
                switch (format) {
                    case PLAIN -> LineFormat.plain(now, level, target, message, fields);
                    case JSON -> LineFormat.json(now, level, target, message, fields);
                });
    }
}
