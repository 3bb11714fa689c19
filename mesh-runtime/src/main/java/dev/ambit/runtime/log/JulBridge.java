package dev.ambit.runtime.log;

import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Takes what libraries log through {@code java.util.logging} (Netty, gRPC, the JDK). */
final class JulBridge extends Handler {

    private static final Logger ROOT = LogManager.getLogManager().getLogger("");
    private static final SimpleFormatter TEXT = new SimpleFormatter();

    private JulBridge() {}

    static void install() {
        for (Handler h : ROOT.getHandlers()) {
            ROOT.removeHandler(h);
        }
        ROOT.addHandler(new JulBridge());
    }

    /** Lets the root logger through as much as the most talkative part of the filter wants. */
    static void filterChanged(LogFilter filter) {
        Level most = filter.byDefault();
        for (Level l : filter.targets().values()) {
            most = l.allows(most) ? l : most;
        }
        ROOT.setLevel(
                switch (most) {
                    case OFF -> java.util.logging.Level.OFF;
                    case ERROR -> java.util.logging.Level.SEVERE;
                    case WARN -> java.util.logging.Level.WARNING;
                    case INFO -> java.util.logging.Level.INFO;
                    case DEBUG -> java.util.logging.Level.FINE;
                    case TRACE -> java.util.logging.Level.ALL;
                });
    }

    @Override
    public void publish(LogRecord record) {
        String name = record.getLoggerName();
        Log log = Log.get(name == null || name.isEmpty() ? "jul" : name);
        Level level = level(record);
        if (!log.enabled(level)) {
            return;
        }
        Throwable thrown = record.getThrown();
        String message = TEXT.formatMessage(record).replace('\n', ' ');
        if (thrown == null) {
            log.log(level, message);
        } else {
            log.log(level, message, "error", thrown);
        }
    }

    private static Level level(LogRecord record) {
        int value = record.getLevel().intValue();
        if (value >= java.util.logging.Level.SEVERE.intValue()) {
            return Level.ERROR;
        }
        if (value >= java.util.logging.Level.WARNING.intValue()) {
            return Level.WARN;
        }
        if (value >= java.util.logging.Level.INFO.intValue()) {
            return Level.INFO;
        }
        return value >= java.util.logging.Level.FINE.intValue() ? Level.DEBUG : Level.TRACE;
    }

    @Override
    public void flush() {
        Logging.flush();
    }

    @Override
    public void close() {
        Logging.flush();
    }
}
