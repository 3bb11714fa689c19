package dev.ambit.waypoint.xds;

import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.policy.l7.HttpPolicySet;
import dev.ambit.policy.l7.RouteTable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service this waypoint serves, with everything that decides about its requests.
 *
 * @param routes by service port
 */
public record BoundService(
        WaypointService service, Map<Integer, RouteTable> routes, HttpPolicySet policies) {

    public BoundService {
        routes = Map.copyOf(routes);
    }

    public @Nullable ServicePort port(int number) {
        return service.port(number);
    }

    public @Nullable RouteTable routes(int port) {
        return routes.get(port);
    }
}
