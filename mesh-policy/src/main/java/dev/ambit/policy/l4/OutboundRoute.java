package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done with a connection an application opens. */
public sealed interface OutboundRoute {

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
            /** The destination is in another network. */
            MULTI_NETWORK
        }
    }
}
