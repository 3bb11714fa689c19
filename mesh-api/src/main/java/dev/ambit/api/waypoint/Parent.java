package dev.ambit.api.waypoint;

import dev.ambit.api.NamespacedHostname;

/** What a route is attached to. A port of 0 means every port. */
public sealed interface Parent {

    int port();

    /** Requests to a service. */
    record ToService(NamespacedHostname service, int port) implements Parent {
        public ToService {
            Ports.checkOrAny("port", port);
        }
    }

    /** Requests to anything bound to a listener. */
    record ToListener(GatewayName gateway, int port) implements Parent {
        public ToListener {
            Ports.checkOrAny("port", port);
        }
    }
}
