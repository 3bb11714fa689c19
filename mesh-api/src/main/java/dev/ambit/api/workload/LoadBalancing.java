package dev.ambit.api.workload;

import java.util.List;

/** Which endpoints of a service a client prefers. */
public record LoadBalancing(List<Scope> preferences, Mode mode, HealthPolicy healthPolicy) {

    /** Every healthy endpoint alike. */
    public static final LoadBalancing ANY =
            new LoadBalancing(List.of(), Mode.UNSPECIFIED, HealthPolicy.ONLY_HEALTHY);

    public LoadBalancing {
        preferences = List.copyOf(preferences);
    }

    /** What client and endpoint may have in common. */
    public enum Scope {
        REGION,
        ZONE,
        SUBZONE,
        NODE,
        CLUSTER,
        NETWORK
    }

    /** What the preferences mean. */
    public enum Mode {
        /** Nothing: every endpoint counts. */
        UNSPECIFIED,
        /** An endpoint must match all of them. */
        STRICT,
        /** The endpoints that match most of them, in order. */
        FAILOVER,
        /** No endpoint is chosen: the client's own destination is. */
        PASSTHROUGH
    }

    /** Whether an unhealthy endpoint counts. */
    public enum HealthPolicy {
        ONLY_HEALTHY,
        ALLOW_ALL
    }
}
