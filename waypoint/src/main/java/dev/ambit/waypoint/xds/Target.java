package dev.ambit.waypoint.xds;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;

/**
 * What the client of a tunnel addressed, as a name that outlives snapshots: each request looks it
 * up in the snapshot it is served by.
 */
public sealed interface Target {

    int port();

    /** A port of a service. */
    record OfService(NamespacedHostname service, int port) implements Target {}

    /** A workload by its own address, at a waypoint for workloads. */
    record OfWorkload(IpAddress address, int port) implements Target {}
}
