package dev.ambit.policy.l7;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.WaypointRoute;
import java.util.Collection;
import java.util.List;

/**
 * The routes of one port of one service, compiled and in the order they are asked: the first that
 * matches wins. Immutable.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class RouteTable {

    private RouteTable() {}

    /**
     * @param routes all routes of the waypoint; those with other parents are left out
     * @param listener the gateway that serves the service
     */
    public static RouteTable compile(
            GatewayName listener,
            NamespacedHostname service,
            int port,
            Collection<WaypointRoute> routes) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** What of the routes could not be compiled (a regex, for instance); their rules answer 500. */
    public List<String> problems() {
        throw new UnsupportedOperationException("not built yet");
    }
}
