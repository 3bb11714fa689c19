package dev.ambit.waypoint.ingress;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import org.jspecify.annotations.Nullable;

/** Whether a workload has chosen this waypoint; a proxy serves nobody who has not. */
final class WaypointOwnership {

    private WaypointOwnership() {}

    static boolean isOurs(Workload workload, GatewayName gateway, MeshView mesh) {
        return switch (workload.waypoint()) {
            case null -> false;
            case WaypointRef.ByHostname by ->
                    names(by.name().namespace(), by.name().hostname(), gateway);
            case WaypointRef.ByAddress by -> {
                @Nullable MeshService service = mesh.service(by.address(), gateway.namespace());
                yield service != null && names(service.namespace(), service.hostname(), gateway);
            }
        };
    }

    /** The deployer names the Service after the Gateway. */
    private static boolean names(String namespace, String hostname, GatewayName gateway) {
        return namespace.equals(gateway.namespace())
                && (hostname.equals(gateway.name())
                        || hostname.startsWith(
                                gateway.name() + "." + gateway.namespace() + ".svc."));
    }
}
