package dev.ambit.runtime.metrics;

import dev.ambit.runtime.log.Logging;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one registry of a process: Micrometer's Prometheus registry, with the mesh's own families as
 * collectors beside it. Safe from any thread.
 *
 * <p>Micrometer, the JVM's beans and {@code process_*} are set up by the first scrape (or by {@link
 * #meters()}), not at start: a process is ready some hundred milliseconds earlier. Nothing is lost
 * by that, they all read totals the JVM and the kernel keep.
 */
public final class MetricsRegistry {

    private static final String OPEN_METRICS =
            "application/openmetrics-text;charset=utf-8;version=1.0.0";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final PrometheusRegistry prometheus = new PrometheusRegistry();
    private final OpenMetricsTextFormatWriter writer = OpenMetricsTextFormatWriter.create();
    private final Set<String> names = new HashSet<>();
    private @Nullable PrometheusMeterRegistry meters;

    private MetricsRegistry() {}

    /**
     * A registry with {@code istio_build{component,tag}}, {@code process_*} and the JVM's own
     * meters.
     */
    public static MetricsRegistry of(String component, String version) {
        MetricsRegistry registry = new MetricsRegistry();
        GaugeVec build = registry.register(GaugeVec.named("istio_build", "Component and version"));
        build.cell(LabelSet.of("component", component, "tag", version)).set(1);
        registry.register(
                CounterVec.reading(
                        "ambit_metrics_series_refused",
                        "Series beyond the limit of a family, not shown",
                        Series.REFUSED::sum));
        registry.register(
                CounterVec.reading(
                        "ambit_log_lines_dropped",
                        "Log lines dropped because the output was too slow or is gone",
                        Logging::droppedLines));
        return registry;
    }

    /** Micrometer's view, for libraries that count by themselves. */
    public MeterRegistry meters() {
        return ready();
    }

    /** Adds a family; returns it. Two families of one name are a bug and throw. */
    public <C extends Collector> C register(C family) {
        synchronized (names) {
            if (family instanceof Family named && !names.add(named.name())) {
                throw new IllegalStateException(
                        "metric " + named.name() + " is registered twice (expected: once)");
            }
        }
        prometheus.register(family);
        return family;
    }

    /**
     * All metrics as OpenMetrics text. As upstream does, the text is the same whoever asks; only
     * the content type follows the Accept header.
     */
    public Exposition scrape(@Nullable String accept) {
        ready();
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
        try {
            writer.write(
                    out,
                    prometheus.scrape(),
                    io.prometheus.metrics.config.EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boolean open =
                accept != null
                        && accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
        return new Exposition(open ? OPEN_METRICS : PLAIN_TEXT, out.toByteArray());
    }

    private synchronized PrometheusMeterRegistry ready() {
        PrometheusMeterRegistry known = meters;
        if (known != null) {
            return known;
        }
        PrometheusMeterRegistry made =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        new JvmMemoryMetrics().bindTo(made);
        new JvmThreadMetrics().bindTo(made);
        new ClassLoaderMetrics().bindTo(made);
        // Totals of the collector beans; Micrometer's own listens to events and would miss early
        // ones.
        JvmGarbageCollectorMetrics.builder().register(prometheus);
        ProcessMetrics.builder().register(prometheus);
        meters = made;
        return made;
    }
}
