package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoints of a service have to know of it. Kept apart from the service itself, so that
 * what only clients care about (labels, waypoint) does not touch a single endpoint.
 *
 * @param hosts names it is known by
 * @param selector labels of its endpoints; null where labels select none
 */
record ServiceBackend(
        List<NamespacedHostname> hosts,
        @Nullable Map<String, String> selector,
        List<BackendPort> ports) {

    /**
     * A port and where it leads.
     *
     * @param name looked up among the named ports of an endpoint that has such
     * @param target 0: {@code targetName} names a port of the endpoint
     */
    record BackendPort(String name, int port, int target, String targetName) {}
}
