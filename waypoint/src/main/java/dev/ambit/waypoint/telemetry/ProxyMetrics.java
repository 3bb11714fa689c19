package dev.ambit.waypoint.telemetry;

import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.Limit;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.Locale;
import java.util.function.IntSupplier;

/** What the process holds now, and which limits its peers have reached. */
public final class ProxyMetrics {

    private ProxyMetrics() {}

    public static void register(
            MetricsRegistry registry, HboneCounters hbone, IntSupplier httpConnections) {
        registry.register(
                        GaugeVec.named(
                                "ambit_waypoint_http_connections",
                                "HTTP connections of clients, open now."))
                .read(LabelSet.NONE, httpConnections::getAsInt);
        registry.register(GaugeVec.named("ambit_hbone_connections", "HBONE connections open now."))
                .read(LabelSet.NONE, () -> hbone.opened() - hbone.closed());
        GaugeVec limits =
                registry.register(
                        GaugeVec.named(
                                "ambit_hbone_limit_hits",
                                "How often peers reached a limit, since the start."));
        for (Limit limit : Limit.values()) {
            limits.read(
                    LabelSet.of("limit", limit.name().toLowerCase(Locale.ROOT)),
                    () -> hbone.hits(limit));
        }
    }
}
