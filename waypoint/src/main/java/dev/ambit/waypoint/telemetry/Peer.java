package dev.ambit.waypoint.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * One side of a request as metrics name it. What is not known is {@code unknown}, as in Istio.
 *
 * @param principal proven by mutual TLS, or {@code unknown}
 */
public record Peer(
        String workload,
        String namespace,
        String principal,
        String app,
        String version,
        String cluster) {

    public static final String UNKNOWN_VALUE = "unknown";

    /** Nothing is known. */
    public static final Peer UNKNOWN =
            new Peer(
                    UNKNOWN_VALUE,
                    UNKNOWN_VALUE,
                    UNKNOWN_VALUE,
                    UNKNOWN_VALUE,
                    UNKNOWN_VALUE,
                    UNKNOWN_VALUE);

    /** A known workload, with the identity that was proven on the connection. */
    public static Peer of(Workload workload, @Nullable SpiffeId proven) {
        return new Peer(
                orUnknown(workload.workloadName()),
                orUnknown(workload.namespace()),
                proven == null ? UNKNOWN_VALUE : proven.uri(),
                orUnknown(workload.canonicalName()),
                orUnknown(workload.canonicalRevision()),
                orUnknown(workload.clusterId()));
    }

    /** Only the identity is known: its namespace is in it. */
    public static Peer of(SpiffeId proven) {
        return new Peer(
                UNKNOWN_VALUE,
                proven.namespace(),
                proven.uri(),
                UNKNOWN_VALUE,
                UNKNOWN_VALUE,
                UNKNOWN_VALUE);
    }

    private static String orUnknown(String value) {
        return value.isEmpty() ? UNKNOWN_VALUE : value;
    }
}
