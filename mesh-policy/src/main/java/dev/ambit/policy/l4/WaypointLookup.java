package dev.ambit.policy.l4;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import org.jspecify.annotations.Nullable;

/** Who a waypoint reference stands for. */
final class WaypointLookup {

    private WaypointLookup() {}

    /** The waypoint's service, null if it is named by a workload's address or not known. */
    static @Nullable MeshService service(WaypointRef waypoint, MeshView mesh) {
        return switch (waypoint) {
            case WaypointRef.ByHostname byName -> mesh.service(byName.name());
            case WaypointRef.ByAddress byAddress ->
                    mesh.workload(byAddress.address()) == null
                            ? mesh.service(byAddress.address(), "")
                            : null;
        };
    }

    /** The waypoint's workload, null if it is named by a service or not known. */
    static @Nullable Workload workload(WaypointRef waypoint, MeshView mesh) {
        return switch (waypoint) {
            case WaypointRef.ByHostname byName -> null;
            case WaypointRef.ByAddress byAddress -> mesh.workload(byAddress.address());
        };
    }

    /** Whether a workload is the waypoint, or one of its pods. */
    static boolean isWaypoint(Workload candidate, @Nullable WaypointRef waypoint, MeshView mesh) {
        if (waypoint == null) {
            return false;
        }
        Workload workload = workload(waypoint, mesh);
        if (workload != null) {
            return workload.uid().equals(candidate.uid());
        }
        MeshService service = service(waypoint, mesh);
        return service != null && candidate.services().containsKey(service.key());
    }

    /** In the words of the log. */
    static String describe(WaypointRef waypoint) {
        return switch (waypoint) {
            case WaypointRef.ByHostname byName -> byName.name().toString();
            case WaypointRef.ByAddress byAddress -> byAddress.address().toString();
        };
    }
}
