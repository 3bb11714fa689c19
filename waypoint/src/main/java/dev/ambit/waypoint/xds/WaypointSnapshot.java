package dev.ambit.waypoint.xds;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.api.waypoint.WaypointService;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything istiod told this waypoint, compiled; one immutable value. A request takes it once and
 * lives with it to its end, so it never sees half of a change.
 *
 * @param gateway whom we serve
 * @param waypointFor what may be addressed through us
 * @param bound services we serve, by name
 * @param backends services that routes may lead to, bound or not
 * @param byAddress bound services by virtual address
 * @param byHostname bound services by host name, those of our namespace first
 * @param resources what all this was compiled from, for those who ask
 * @param workloads what holds for traffic to workloads by their own address
 */
public record WaypointSnapshot(
        GatewayName gateway,
        TrafficType waypointFor,
        Map<NamespacedHostname, BoundService> bound,
        Map<NamespacedHostname, WaypointService> backends,
        Map<NetworkAddress, NamespacedHostname> byAddress,
        Map<String, List<NamespacedHostname>> byHostname,
        BoundWorkloads workloads,
        List<WaypointResource> resources) {

    public WaypointSnapshot {
        bound = Map.copyOf(bound);
        backends = Map.copyOf(backends);
        byAddress = Map.copyOf(byAddress);
        byHostname = Map.copyOf(byHostname);
        resources = List.copyOf(resources);
    }

    /** Nothing is served: what holds before istiod has spoken. */
    public static WaypointSnapshot empty(GatewayName gateway) {
        return new WaypointSnapshot(
                gateway,
                TrafficType.NONE,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                BoundWorkloads.none(gateway),
                List.of());
    }

    /** The service a virtual address stands for; null if it is none of ours. */
    public Target.@Nullable OfService service(String network, IpAddress address, int port) {
        @Nullable NamespacedHostname name = byAddress.get(new NetworkAddress(network, address));
        return name == null ? null : served(name, port);
    }

    /** The service of a host name; null if it is none of ours. */
    public Target.@Nullable OfService service(String hostname, int port) {
        for (NamespacedHostname name : byHostname.getOrDefault(hostname, List.of())) {
            Target.OfService target = served(name, port);
            if (target != null) {
                return target;
            }
        }
        return null;
    }

    private Target.@Nullable OfService served(NamespacedHostname name, int port) {
        @Nullable BoundService service = bound.get(name);
        return service == null || service.port(port) == null
                ? null
                : new Target.OfService(name, port);
    }

    /** Null if the service is not ours (any more). */
    public @Nullable BoundService bound(NamespacedHostname name) {
        return bound.get(name);
    }

    /** A port of a service as a route's destination; null if we were not told about it. */
    public @Nullable ServicePort backend(NamespacedHostname name, int port) {
        @Nullable WaypointService service = backends.get(name);
        return service == null ? null : service.port(port);
    }
}
