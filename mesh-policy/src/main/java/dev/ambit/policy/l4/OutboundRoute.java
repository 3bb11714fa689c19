package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done with a connection an application opens. */
public sealed interface OutboundRoute {

    /** The workload the next TCP connection goes to; null if the mesh knows none, or nothing is. */
    default @Nullable Workload nextHop() {
        return switch (this) {
            case Direct direct -> direct.upstream();
            case Tunnel tunnel -> tunnel.upstream();
            case ViaWaypoint waypoint -> waypoint.waypoint();
            case ViaGateway gateway -> gateway.gateway();
            case Passthrough passthrough -> null;
            case Refused refused -> null;
        };
    }

    /**
     * Plain TCP to where the application wanted: the mesh does not know it, or is told to leave it
     * alone.
     *
     * @param service the service it was addressed to, if any
     */
    record Passthrough(IpPort target, @Nullable MeshService service) implements OutboundRoute {}

    /** Plain TCP to a workload that takes no tunnel. */
    record Direct(Hop hop, Workload upstream, @Nullable MeshService service)
            implements OutboundRoute {}

    /**
     * A tunnel to the workload's own node proxy.
     *
     * @param authority {@code ip:port} the far end connects to; for a hop by name it holds the
     *     name, and whoever resolved it puts the address in its place
     * @param expected identities of which the far end must show one
     */
    record Tunnel(
            Hop hop,
            String authority,
            List<SpiffeId> expected,
            Workload upstream,
            @Nullable MeshService service)
            implements OutboundRoute {
        public Tunnel {
            expected = List.copyOf(expected);
        }
    }

    /**
     * A tunnel to a waypoint.
     *
     * @param authority the destination as the application addressed it
     * @param expected identities of which the waypoint must show one
     * @param waypoint the waypoint's workload
     * @param waypointService the waypoint's service, if it was named by one
     * @param service the service the application addressed, if any
     */
    record ViaWaypoint(
            Hop hop,
            String authority,
            List<SpiffeId> expected,
            Workload waypoint,
            @Nullable MeshService waypointService,
            @Nullable MeshService service)
            implements OutboundRoute {
        public ViaWaypoint {
            expected = List.copyOf(expected);
        }
    }

    /**
     * A tunnel within a tunnel, to a service in another network: the outer one ends at that
     * network's gateway, the inner one at the service's endpoint or waypoint there (ambient.md
     * 1.24).
     *
     * @param authority {@code hostname:port} of the service: addresses mean nothing over there
     * @param outer identities of which the gateway must show one
     * @param inner identities of which the far end must show one; never empty
     * @param upstream what was chosen in the other network, an endpoint or a waypoint
     * @param service the service the application addressed
     */
    record ViaGateway(
            Hop hop,
            String authority,
            Workload gateway,
            List<SpiffeId> outer,
            List<SpiffeId> inner,
            Workload upstream,
            MeshService service)
            implements OutboundRoute {
        public ViaGateway {
            outer = List.copyOf(outer);
            inner = List.copyOf(inner);
            if (inner.isEmpty()) {
                throw new IllegalArgumentException("inner: [] (expected: at least one SPIFFE id)");
            }
        }
    }

    /**
     * Nothing: the connection is refused.
     *
     * @param reason for the log, in upstream's words where users search for them
     */
    record Refused(Kind kind, String reason) implements OutboundRoute {

        /** Why. */
        public enum Kind {
            /** To one of the proxy's own ports. */
            SELF_CALL,
            NO_HEALTHY_UPSTREAM,
            UNKNOWN_WAYPOINT,
            /** The workload found has no address. */
            NO_ADDRESS,
            /** The destination is in another network, and there is no way that could be trusted. */
            MULTI_NETWORK
        }
    }
}
