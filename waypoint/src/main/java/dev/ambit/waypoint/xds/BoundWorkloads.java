package dev.ambit.waypoint.xds;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.policy.l7.HttpPolicySet;
import dev.ambit.policy.l7.RouteTable;
import java.util.List;

/** What decides about requests to workloads by their own address: only what targets the gateway. */
public record BoundWorkloads(HttpPolicySet policies, RouteTable routes) {

    /** A name no service has: policies and routes of services never apply to it. */
    public static final NamespacedHostname NO_SERVICE = new NamespacedHostname("", "");

    /** Routes are compiled per port of a service; here the port is that of each request. */
    static final int ANY_PORT = 1;

    static BoundWorkloads none(GatewayName gateway) {
        return new BoundWorkloads(
                HttpPolicySet.compile(gateway, NO_SERVICE, List.of()),
                RouteTable.compile(gateway, NO_SERVICE, ANY_PORT, List.of()));
    }
}
