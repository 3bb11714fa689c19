package dev.ambit.api.waypoint;

import dev.ambit.api.NamespacedHostname;

/** Where requests are sent. */
public sealed interface BackendRef {

    /** A port of a service. */
    record ToService(NamespacedHostname service, int port) implements BackendRef {
        public ToService {
            Ports.check("port", port);
        }
    }

    /** Nowhere: what the user named is not there or not allowed. Answered with 500. */
    record Invalid(String reason) implements BackendRef {}
}
