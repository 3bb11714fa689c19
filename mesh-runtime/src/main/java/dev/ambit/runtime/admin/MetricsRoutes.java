package dev.ambit.runtime.admin;

import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.function.Consumer;

/** {@code /metrics} and {@code /stats/prometheus}. */
public final class MetricsRoutes {

    private MetricsRoutes() {}

    public static Consumer<AdminRoutes> of(MetricsRegistry registry) {
        throw new UnsupportedOperationException("not built yet");
    }
}
