package dev.ambit.waypoint.telemetry;

import dev.ambit.runtime.metrics.LabelSet;
import java.util.ArrayList;
import java.util.List;

/** The standard labels of Istio's metrics, in Istio's order. */
final class MeshLabels {

    private static final String MUTUAL_TLS = "mutual_tls";

    private MeshLabels() {}

    static LabelSet http(RequestKey key) {
        List<String> labels = parties(key.parties());
        add(labels, "request_protocol", key.grpcStatus() == null ? "http" : "grpc");
        add(labels, "response_code", Integer.toString(key.status()));
        if (key.grpcStatus() != null) {
            add(labels, "grpc_response_status", key.grpcStatus());
        }
        add(labels, "response_flags", key.flags());
        add(labels, "connection_security_policy", MUTUAL_TLS);
        return LabelSet.of(labels.toArray(String[]::new));
    }

    static LabelSet tcp(Parties parties, String flags) {
        List<String> labels = parties(parties);
        add(labels, "request_protocol", "tcp");
        add(labels, "response_flags", flags);
        add(labels, "connection_security_policy", MUTUAL_TLS);
        return LabelSet.of(labels.toArray(String[]::new));
    }

    private static List<String> parties(Parties parties) {
        List<String> labels = new ArrayList<>(52);
        add(labels, "reporter", "waypoint");
        peer(labels, "source", parties.source());
        ServiceName service = parties.service();
        peer(labels, "destination", parties.destination());
        add(labels, "destination_service", service.hostname());
        add(labels, "destination_service_name", service.name());
        add(labels, "destination_service_namespace", service.namespace());
        return labels;
    }

    private static void peer(List<String> labels, String side, Peer peer) {
        add(labels, side + "_workload", peer.workload());
        add(labels, side + "_workload_namespace", peer.namespace());
        add(labels, side + "_principal", peer.principal());
        add(labels, side + "_app", peer.app());
        add(labels, side + "_version", peer.version());
        add(labels, side + "_canonical_service", peer.app());
        add(labels, side + "_canonical_revision", peer.version());
        add(labels, side + "_cluster", peer.cluster());
    }

    private static void add(List<String> labels, String name, String value) {
        labels.add(name);
        labels.add(value);
    }
}
