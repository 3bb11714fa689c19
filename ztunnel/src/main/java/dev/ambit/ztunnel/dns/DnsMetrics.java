package dev.ambit.ztunnel.dns;

import dev.ambit.api.workload.Workload;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.HistogramVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the DNS proxies count (ambient.md 1.4). Safe from any thread. */
public final class DnsMetrics {

    private static final String UNKNOWN = "unknown";

    private final CounterVec requests;
    private final CounterVec upstreamRequests;
    private final CounterVec upstreamFailures;
    private final HistogramVec upstreamDuration;
    private final CounterVec onDemand;
    private final CounterVec refused;
    private final CounterVec stale;
    private final GaugeVec.Cell inFlight;

    /** Registers the families. */
    public DnsMetrics(MetricsRegistry registry) {
        requests =
                registry.register(
                        CounterVec.total("istio_dns_requests", "DNS requests (unstable)"));
        upstreamRequests =
                registry.register(
                        CounterVec.total(
                                "istio_dns_upstream_requests",
                                "DNS requests forwarded to upstream (unstable)"));
        upstreamFailures =
                registry.register(
                        CounterVec.total(
                                "istio_dns_upstream_failures",
                                "DNS requests that failed to forward upstream (unstable)"));
        upstreamDuration =
                registry.register(
                        HistogramVec.named(
                                "istio_dns_upstream_request_duration_seconds",
                                "Time to get a DNS response from upstream (unstable)",
                                .0005,
                                .001,
                                .01,
                                .1,
                                1,
                                5));
        onDemand =
                registry.register(
                        CounterVec.total(
                                "istio_on_demand_dns",
                                "Names asked of the control plane because a pod asked for them"));
        refused =
                registry.register(
                        CounterVec.total(
                                "ambit_dns_refused",
                                "DNS messages not answered as asked, by reason"));
        stale =
                registry.register(
                        CounterVec.total(
                                "ambit_dns_stale_answers",
                                "Answers given past their lifetime because no server answered"));
        inFlight =
                registry.register(GaugeVec.named("ambit_dns_in_flight", "DNS questions under way"))
                        .cell();
    }

    /** Why a message was not answered as asked. */
    enum Refusal {
        /** Not to be understood. */
        MALFORMED,
        /** No question, or of a kind nobody serves. */
        UNSUPPORTED,
        /** The pod is not known to the mesh. */
        UNKNOWN_SOURCE,
        /** Too many questions, or connections, at once. */
        LIMIT,
        /** A connection could not be accepted. */
        ACCEPT_FAILED,
        /** An upstream's answer that does not belong to the question. */
        BAD_UPSTREAM_ANSWER
    }

    void request(DnsQuery query, String protocol, @Nullable Workload source) {
        requests.cell(labels(query, protocol, source)).increment();
    }

    void forwarded(DnsQuery query, String protocol, Workload source) {
        upstreamRequests.cell(labels(query, protocol, source)).increment();
    }

    void failed(DnsQuery query, String protocol, Workload source) {
        upstreamFailures.cell(labels(query, protocol, source)).increment();
    }

    void took(DnsQuery query, String protocol, Workload source, long nanos) {
        upstreamDuration.cell(labels(query, protocol, source)).observe(nanos / 1e9);
    }

    void refused(Refusal why) {
        refused.cell(LabelSet.of("reason", why.name().toLowerCase(Locale.ROOT))).increment();
    }

    void stale() {
        stale.cell().increment();
    }

    GaugeVec.Cell inFlight() {
        return inFlight;
    }

    /** The control plane was asked for a name. */
    void onDemand(Workload source, String hostname) {
        onDemand.cell(
                        LabelSet.of(
                                "source_workload",
                                orUnknown(source.workloadName()),
                                "source_canonical_service",
                                orUnknown(source.canonicalName()),
                                "source_canonical_revision",
                                orUnknown(source.canonicalRevision()),
                                "source_workload_namespace",
                                orUnknown(source.namespace()),
                                "source_principal",
                                UNKNOWN,
                                "source_app",
                                orUnknown(source.canonicalName()),
                                "source_version",
                                orUnknown(source.canonicalRevision()),
                                "source_cluster",
                                orUnknown(source.clusterId()),
                                "hostname",
                                hostname))
                .increment();
    }

    private static LabelSet labels(DnsQuery query, String protocol, @Nullable Workload source) {
        return LabelSet.of(
                "request_query_type",
                DnsTypes.label(query.type()),
                "request_protocol",
                protocol,
                "source_canonical_service",
                source == null ? UNKNOWN : orUnknown(source.canonicalName()),
                "source_canonical_revision",
                source == null ? UNKNOWN : orUnknown(source.canonicalRevision()));
    }

    private static String orUnknown(String value) {
        return value.isEmpty() ? UNKNOWN : value;
    }
}
