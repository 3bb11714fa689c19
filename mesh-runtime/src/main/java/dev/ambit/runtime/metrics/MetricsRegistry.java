package dev.ambit.runtime.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The one registry of a process: Micrometer's Prometheus registry, with the mesh's own families as
 * collectors beside it. Safe from any thread.
 */
public final class MetricsRegistry {

    private MetricsRegistry() {}

    /** A registry with {@code istio_build}, {@code process_*} and the JVM's own meters. */
    public static MetricsRegistry of(String component, String version) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Micrometer's view, for libraries that count by themselves. */
    public MeterRegistry meters() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Adds a family; returns it. Two families of one name are a bug and throw. */
    public <C extends Collector> C register(C family) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** All metrics as OpenMetrics text; the content type follows the Accept header. */
    public Exposition scrape(@Nullable String accept) {
        throw new UnsupportedOperationException("not built yet");
    }
}
