package dev.ambit.istiod;

import dev.ambit.api.TypeUrls;
import dev.ambit.api.manifest.ManifestProblem;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.istiod.directory.DirectoryStatus;
import dev.ambit.istiod.kube.KubernetesEvents;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.xds.ProxyNode;
import dev.ambit.istiod.xds.XdsEvents;
import dev.ambit.runtime.log.Level;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.HistogramVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Metrics of the control plane by the names of Istio's (ambient.md 2.9), and the log lines that go
 * with them. Stream events come on the mesh loop, directory status on the watch's thread.
 */
final class IstiodMetrics implements XdsEvents {
    private static final Log XDS = Log.get("istiod::xds");
    private static final Log MANIFESTS = Log.get("istiod::manifests");
    private static final Log KUBE = Log.get("istiod::kube");

    private static final double[] SECONDS = {.01, .05, .1, .5, 1, 3, 5, 10, 20, 30};
    private static final double[] BYTES = {1, 10_000, 1_000_000, 4_000_000, 10_000_000, 40_000_000};

    private final GaugeVec connected =
            GaugeVec.named("pilot_xds", "Proxies connected by delta ADS.");
    private final CounterVec pushes =
            CounterVec.bare("pilot_xds_pushes", "Responses sent, by type.");
    private final CounterVec rejects =
            CounterVec.bare("pilot_total_xds_rejects", "Responses a proxy refused, by type.");
    private final CounterVec refused =
            CounterVec.total("ambit_xds_streams_refused", "Streams not served.");
    private final CounterVec unanswered =
            CounterVec.total("ambit_xds_streams_unanswered", "Streams cut off for not answering.");
    private final HistogramVec convergence =
            HistogramVec.named(
                    "pilot_proxy_convergence_time",
                    "Seconds from a change to the response that tells it.",
                    SECONDS);
    private final HistogramVec size =
            HistogramVec.named("pilot_xds_config_size_bytes", "Size of responses, by type.", BYTES);
    private final GaugeVec rejectedConfigs =
            GaugeVec.named("pilot_total_rejected_configs", "Objects and files that are not taken.");
    private final GaugeVec rejectedFiles =
            GaugeVec.named("ambit_manifest_rejected", "Files that are not taken.");
    private final CounterVec watchFailures =
            CounterVec.total(
                    "ambit_kube_watch_failures", "Lists and watches that failed, by kind.");
    private final CounterVec recipeFailures =
            CounterVec.total("ambit_table_failures", "Values that could not be computed.");

    private final CounterVec triggers =
            CounterVec.bare("pilot_push_triggers", "Waves that had something to tell, by cause.");
    private final CounterVec events =
            CounterVec.bare("pilot_k8s_cfg_events", "Objects changed or removed, by kind.");

    /** Read by scrapes, written on the mesh loop. */
    private volatile int services;

    private final Set<String> complained = new HashSet<>();

    /** Nanoseconds since the change that is being told, negative outside of a wave. */
    private LongSupplier sinceChange = () -> -1;

    IstiodMetrics(MetricsRegistry registry, String version) {
        registry.register(connected);
        registry.register(pushes);
        registry.register(rejects);
        registry.register(refused);
        registry.register(unanswered);
        registry.register(convergence);
        registry.register(size);
        registry.register(rejectedConfigs);
        registry.register(rejectedFiles);
        registry.register(watchFailures);
        registry.register(recipeFailures);
        registry.register(triggers);
        registry.register(events);
        registry.register(
                GaugeVec.named("pilot_services", "Services known.")
                        .read(LabelSet.NONE, () -> services));
        long start = System.nanoTime();
        registry.register(
                GaugeVec.named("pilot_info", "Version of this istiod.")
                        .read(LabelSet.of("version", version), () -> 1));
        registry.register(
                GaugeVec.named("istiod_uptime_seconds", "Seconds since the start.")
                        .read(LabelSet.NONE, () -> (System.nanoTime() - start) / 1e9));
    }

    void convergenceFrom(LongSupplier supplier) {
        sinceChange = supplier;
    }

    /** A wave has been told. */
    void told(int servicesNow) {
        services = servicesNow;
        triggers.cell(LabelSet.of("type", "config")).increment();
    }

    /** A source changed or removed an object. */
    void event(MeshObject object, String event) {
        events.cell(LabelSet.of("type", object.getClass().getSimpleName(), "event", event))
                .increment();
    }

    @Override
    public void connected(ProxyNode node) {
        connected.cell(version(node)).increment();
        XDS.info("proxy connected", "proxy", node.name(), "type", node.id().type());
    }

    @Override
    public void disconnected(ProxyNode node) {
        connected.cell(version(node)).decrement();
        XDS.info("proxy disconnected", "proxy", node.name());
    }

    private static LabelSet version(ProxyNode node) {
        return LabelSet.of("version", node.version().isEmpty() ? "unknown" : node.version());
    }

    @Override
    public void refused(String peer, String reason) {
        refused.cell().increment();
        XDS.warn("stream refused", "peer", peer, "reason", reason);
    }

    @Override
    public void pushed(DeltaDiscoveryResponse response) {
        LabelSet type = LabelSet.of("type", shortType(response.getTypeUrl()));
        pushes.cell(type).increment();
        size.cell(type).observe(response.getSerializedSize());
        long nanos = sinceChange.getAsLong();
        if (nanos >= 0) {
            convergence.cell().observe(nanos / 1e9);
        }
        if (XDS.debugEnabled()) {
            XDS.debug(
                    "pushed",
                    "type",
                    shortType(response.getTypeUrl()),
                    "resources",
                    response.getResourcesCount(),
                    "removed",
                    response.getRemovedResourcesCount(),
                    "nonce",
                    response.getNonce());
        }
    }

    @Override
    public void acked(String typeUrl) {
        // Seen on the status pages; a counter of its own would only mirror the pushes.
    }

    @Override
    public void nacked(String proxy, String typeUrl, String error) {
        rejects.cell(LabelSet.of("type", shortType(typeUrl))).increment();
        XDS.warn("proxy refused resources", "proxy", proxy, "type", typeUrl, "error", error);
    }

    @Override
    public void unanswered(String proxy, String typeUrl) {
        unanswered.cell().increment();
        XDS.warn("proxy does not answer", "proxy", proxy, "type", typeUrl);
    }

    /** Each problem is logged when it comes up, not with every later change. */
    void directory(DirectoryStatus status) {
        rejectedFiles.clear();
        Set<String> now = new HashSet<>();
        for (ManifestProblem problem : status.files().values()) {
            rejectedFiles.cell(LabelSet.of("file", problem.where().file().toString())).set(1);
            now.add(problem.message());
        }
        for (ObjectProblem problem : status.refused()) {
            now.add(problem.message());
        }
        boolean solved = complain(now);
        Level level = status.generation() == 1 || solved ? Level.INFO : Level.DEBUG;
        MANIFESTS.log(level, "manifests read", "objects", status.objects(), "problems", now.size());
    }

    /** Returns whether something is no longer wrong. */
    private boolean complain(Set<String> now) {
        for (String message : now) {
            if (!complained.contains(message)) {
                MANIFESTS.error(message);
            }
        }
        boolean solved = !now.containsAll(complained);
        complained.clear();
        complained.addAll(now);
        rejectedConfigs.cell().set(now.size());
        return solved;
    }

    /** The same of a cluster; calls come on its threads. */
    KubernetesEvents kubernetes() {
        return new KubernetesEvents() {
            // An API server that is away is away for all kinds, and for every attempt.
            private final LastSaid said = new LastSaid(Duration.ofMinutes(1));

            @Override
            public void refused(List<ObjectProblem> problems) {
                Set<String> now = new HashSet<>();
                problems.forEach(problem -> now.add(problem.message()));
                complain(now);
            }

            @Override
            public void watchFailed(String kind, String error) {
                watchFailures.cell(LabelSet.of("kind", kind)).increment();
                Level level = said.add(error) ? Level.WARN : Level.DEBUG;
                KUBE.log(level, "kind not read, trying again", "kind", kind, "error", error);
            }

            @Override
            public void synced(int objects) {
                KUBE.info("objects read", "objects", objects);
            }
        };
    }

    void recipeFailed(String table, Object key, RuntimeException cause) {
        recipeFailures.cell(LabelSet.of("table", table)).increment();
        MANIFESTS.error(
                "value not computed", "table", table, "key", key.toString(), "error", cause);
    }

    /** Istio's short names; resources of our waypoint under those that dashboards know. */
    static String shortType(String typeUrl) {
        return switch (typeUrl) {
            case TypeUrls.ADDRESS, TypeUrls.WORKLOAD -> "wds";
            case TypeUrls.AUTHORIZATION -> "wads";
            case TypeUrls.WAYPOINT_LISTENER -> "lds";
            case TypeUrls.WAYPOINT_SERVICE -> "cds";
            case TypeUrls.WAYPOINT_ROUTE -> "rds";
            case TypeUrls.WAYPOINT_POLICY -> "policy";
            default -> "unknown";
        };
    }
}
