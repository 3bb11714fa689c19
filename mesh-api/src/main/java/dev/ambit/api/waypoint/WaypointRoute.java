package dev.ambit.api.waypoint;

import java.time.Instant;
import java.util.List;

/**
 * An HTTPRoute, with the parents one waypoint serves.
 *
 * @param created the older of two equal matches wins
 * @param hostnames none: every host
 */
public record WaypointRoute(
        String kind,
        String namespace,
        String name,
        Instant created,
        List<Parent> parents,
        List<String> hostnames,
        List<RouteRule> rules)
        implements WaypointResource {

    public static final String HTTP_ROUTE = "HTTPRoute";

    public WaypointRoute {
        if (kind.isEmpty() || namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "route: \""
                            + kind
                            + "/"
                            + namespace
                            + "/"
                            + name
                            + "\" (expected: kind, namespace and name)");
        }
        parents = List.copyOf(parents);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
    }

    /** {@code namespace/name}, as metrics and logs say it. */
    public String key() {
        return namespace + "/" + name;
    }

    @Override
    public String resourceName() {
        return kind + "/" + namespace + "/" + name;
    }
}
