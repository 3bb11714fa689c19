package dev.ambit.policy.l4;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.EndpointPicker.Purpose;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import org.jspecify.annotations.Nullable;

/** Who a reference to a waypoint or a network gateway stands for. */
final class WaypointLookup {

    private WaypointLookup() {}

    /** What a reference leads to. */
    sealed interface Result {

        /**
         * @param port of the workload
         * @param service the proxy's own service, null if it was named by its workload
         */
        record Found(Workload workload, int port, @Nullable MeshService service)
                implements Result {}

        /** Nobody of that address or name. */
        record Unknown() implements Result {}

        /** A service without an endpoint to choose. */
        record NoneHealthy() implements Result {}
    }

    /** One pod of it, chosen as the source's connections are. */
    static Result pick(
            WaypointRef reference,
            Workload source,
            Purpose purpose,
            MeshView mesh,
            Selection selection) {
        Workload workload = workload(reference, mesh);
        if (workload != null) {
            return new Result.Found(workload, reference.hbonePort(), null);
        }
        MeshService service = service(reference, source.namespace(), mesh);
        if (service == null) {
            return new Result.Unknown();
        }
        Endpoint endpoint =
                EndpointPicker.pick(
                        source, service, reference.hbonePort(), purpose, mesh, selection);
        return endpoint == null
                ? new Result.NoneHealthy()
                : new Result.Found(
                        endpoint.workload(),
                        EndpointPicker.targetPort(
                                endpoint, service, reference.hbonePort(), purpose),
                        service);
    }

    /** The waypoint's service, null if it is named by a workload's address or not known. */
    private static @Nullable MeshService service(
            WaypointRef waypoint, String clientNamespace, MeshView mesh) {
        return switch (waypoint) {
            case WaypointRef.ByHostname byName -> mesh.service(byName.name());
            case WaypointRef.ByAddress byAddress ->
                    mesh.workload(byAddress.address()) == null
                            ? mesh.service(byAddress.address(), clientNamespace)
                            : null;
        };
    }

    /** The waypoint's workload, null if it is named by a service or not known. */
    private static @Nullable Workload workload(WaypointRef waypoint, MeshView mesh) {
        return switch (waypoint) {
            case WaypointRef.ByHostname byName ->
                    mesh.service(byName.name()) == null ? named(byName, mesh) : null;
            case WaypointRef.ByAddress byAddress -> mesh.workload(byAddress.address());
        };
    }

    /** A workload known by a name instead of an address; rare enough to look at all of them. */
    private static @Nullable Workload named(WaypointRef.ByHostname reference, MeshView mesh) {
        for (Workload workload : mesh.workloads()) {
            if (workload.hostname().equals(reference.name().hostname())
                    && workload.namespace().equals(reference.name().namespace())) {
                return workload;
            }
        }
        return null;
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
        MeshService service = service(waypoint, candidate.namespace(), mesh);
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
