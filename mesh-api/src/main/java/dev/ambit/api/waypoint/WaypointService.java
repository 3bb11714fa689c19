package dev.ambit.api.waypoint;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service as HTTP sees it. Endpoints, identities and load balancing come as {@code
 * istio.workload.Address} under the same key.
 *
 * @param waypoints the listeners it is bound to: one, or two while its connections are split
 *     between them; none for one that is only the backend of a route
 */
public record WaypointService(
        NamespacedHostname key,
        List<GatewayName> waypoints,
        List<NetworkAddress> vips,
        List<ServicePort> ports)
        implements WaypointResource {

    public WaypointService {
        if (key.namespace().isEmpty() || key.hostname().isEmpty()) {
            throw new IllegalArgumentException(
                    "service: \"" + key + "\" (expected: namespace and hostname)");
        }
        waypoints = List.copyOf(waypoints);
        vips = List.copyOf(vips);
        ports = List.copyOf(ports);
    }

    /** Null where the service has no such port. */
    public @Nullable ServicePort port(int number) {
        for (ServicePort port : ports) {
            if (port.port() == number) {
                return port;
            }
        }
        return null;
    }

    @Override
    public String resourceName() {
        return "Service/" + key;
    }
}
