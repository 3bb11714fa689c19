package dev.ambit.istiod.ambient;

import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.istiod.resource.Gateway.AllowedRoutes;
import dev.ambit.istiod.resource.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway that things may attach to.
 *
 * @param ref where it is reached; null as long as it has no address
 * @param allowed from which namespaces something may attach
 * @param inner how its connections are handed over where another proxy does the HTTP part
 */
public record Waypoint(
        ObjectName name,
        TrafficType trafficType,
        @Nullable WaypointRef ref,
        AllowedRoutes allowed,
        @Nullable ApplicationTunnel inner) {}
