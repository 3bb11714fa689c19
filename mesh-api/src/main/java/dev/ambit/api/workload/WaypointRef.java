package dev.ambit.api.workload;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;

/** Where a waypoint or a network gateway is found. */
public sealed interface WaypointRef {

    /** The port waypoints listen on unless told otherwise. */
    int DEFAULT_HBONE_PORT = 15008;

    int hbonePort();

    /** A workload or a service VIP. */
    record ByAddress(NetworkAddress address, int hbonePort) implements WaypointRef {
        public ByAddress {
            Port.checkPort("hbone_mtls_port", hbonePort);
        }
    }

    /** A service. */
    record ByHostname(NamespacedHostname name, int hbonePort) implements WaypointRef {
        public ByHostname {
            Port.checkPort("hbone_mtls_port", hbonePort);
        }
    }
}
