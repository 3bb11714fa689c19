package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.metrics.LabelSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The labels of {@code istio_tcp_*}, in Istio's order. The source's principal is only ever the one
 * its certificate proved; what is missing prints {@code unknown}; region and zone are there when
 * any peer is known.
 */
final class TrafficLabels {

    static final String UNKNOWN = "unknown";
    static final String FLAG = "response_flags";

    private final Peers peers;
    private final End source;
    private final End destination;

    TrafficLabels(Peers peers) {
        this.peers = peers;
        this.source = End.source(peers.source(), peers.claimed());
        this.destination = End.of(peers.destination());
    }

    /** How one end shows in labels and logs; null is unknown. */
    record End(
            @Nullable String workload,
            @Nullable String canonicalName,
            @Nullable String canonicalRevision,
            @Nullable String namespace,
            @Nullable String principal,
            @Nullable String app,
            @Nullable String version,
            @Nullable String cluster,
            @Nullable String region,
            @Nullable String zone) {

        static final End NOBODY =
                new End(null, null, null, null, null, null, null, null, null, null);

        static End of(@Nullable Workload w) {
            return w == null ? NOBODY : of(w, w.identity());
        }

        static End source(@Nullable Workload w, Peers.@Nullable Claim claim) {
            SpiffeId proven = claim == null ? null : claim.identity();
            if (w != null) {
                return of(w, proven);
            }
            if (claim == null) {
                return NOBODY;
            }
            Baggage b = claim.baggage();
            return new End(
                    b.workload(),
                    b.service(),
                    b.version(),
                    b.namespace(),
                    proven == null ? null : proven.uri(),
                    b.workload(),
                    b.version(),
                    b.cluster(),
                    b.place().region(),
                    b.place().zone());
        }

        private static End of(Workload w, @Nullable SpiffeId principal) {
            Locality place = w.locality();
            return new End(
                    known(w.workloadName()),
                    known(w.canonicalName()),
                    known(w.canonicalRevision()),
                    known(w.namespace()),
                    principal == null ? null : principal.uri(),
                    known(w.canonicalName()),
                    known(w.canonicalRevision()),
                    known(w.clusterId()),
                    known(place.region()),
                    known(place.zone()));
        }

        private static @Nullable String known(String text) {
            return text.isEmpty() ? null : text;
        }
    }

    End source() {
        return source;
    }

    End destination() {
        return destination;
    }

    LabelSet with(ResponseFlag flag) {
        List<String> labels = new ArrayList<>(56);
        add(labels, "reporter", peers.reporter().label());
        addEnd(labels, "source_", source);
        ServiceName service = peers.service();
        add(labels, "destination_service", service == null ? null : service.hostname());
        add(labels, "destination_service_namespace", service == null ? null : service.namespace());
        add(labels, "destination_service_name", service == null ? null : service.name());
        addEnd(labels, "destination_", destination);
        add(labels, "request_protocol", "tcp");
        add(labels, FLAG, flag.label());
        add(labels, "connection_security_policy", peers.mutualTls() ? "mutual_tls" : UNKNOWN);
        if (peers.source() != null || peers.claimed() != null || peers.destination() != null) {
            add(labels, "source_region", source.region());
            add(labels, "source_zone", source.zone());
            add(labels, "destination_region", destination.region());
            add(labels, "destination_zone", destination.zone());
        }
        return LabelSet.of(labels.toArray(String[]::new));
    }

    /** The labels of whoever finds no room for labels of its own. */
    LabelSet unknown() {
        TrafficLabels nobody =
                new TrafficLabels(
                        new Peers(peers.reporter(), null, null, null, null, peers.mutualTls()));
        return nobody.with(ResponseFlag.NONE);
    }

    private static void addEnd(List<String> labels, String prefix, End end) {
        add(labels, prefix + "workload", end.workload());
        add(labels, prefix + "canonical_service", end.canonicalName());
        add(labels, prefix + "canonical_revision", end.canonicalRevision());
        add(labels, prefix + "workload_namespace", end.namespace());
        add(labels, prefix + "principal", end.principal());
        add(labels, prefix + "app", end.app());
        add(labels, prefix + "version", end.version());
        add(labels, prefix + "cluster", end.cluster());
    }

    private static void add(List<String> labels, String name, @Nullable String value) {
        labels.add(name);
        labels.add(value == null ? UNKNOWN : value);
    }
}
