package dev.ambit.runtime.admin;

import java.util.function.Consumer;

/** {@code POST /logging}: shows and changes the log filter. */
public final class LoggingRoutes {

    private LoggingRoutes() {}

    public static Consumer<AdminRoutes> standard() {
        throw new UnsupportedOperationException("not built yet");
    }
}
