package dev.ambit.istiod.routing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.istiod.resource.ObjectName;
import java.util.Set;

/** What one waypoint gets, by the keys of the tables. */
public record WaypointScope(
        Set<NamespacedHostname> services, Set<ObjectName> routes, Set<ObjectName> policies) {

    public WaypointScope {
        services = Set.copyOf(services);
        routes = Set.copyOf(routes);
        policies = Set.copyOf(policies);
    }
}
