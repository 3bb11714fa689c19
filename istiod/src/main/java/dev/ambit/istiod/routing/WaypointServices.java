package dev.ambit.istiod.routing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Services that go through a waypoint, or that a route of one sends requests to. */
final class WaypointServices implements Recipe<NamespacedHostname, WaypointService> {

    private final Table<NamespacedHostname, MeshService> services;
    private final IndexTable<NamespacedHostname, ObjectName> routesByBackend;
    private final MeshDirectory directory;

    WaypointServices(
            Table<NamespacedHostname, MeshService> services,
            IndexTable<NamespacedHostname, ObjectName> routesByBackend,
            MeshDirectory directory) {
        this.services = services;
        this.routesByBackend = routesByBackend;
        this.directory = directory;
    }

    @Override
    public @Nullable WaypointService compute(NamespacedHostname key, Reads reads) {
        MeshService service = reads.get(services, key);
        if (service == null) {
            return null;
        }
        Set<GatewayName> waypoints = directory.waypoints(service, reads);
        if (waypoints.isEmpty() && reads.find(routesByBackend, key).isEmpty()) {
            return null;
        }
        List<ServicePort> ports = new ArrayList<>();
        for (Port port : service.ports()) {
            ports.add(
                    new ServicePort(
                            port.servicePort(),
                            port.targetPort(),
                            directory.portName(service, port.servicePort(), reads),
                            protocol(port.protocol())));
        }
        return new WaypointService(key, List.copyOf(waypoints), service.vips(), ports);
    }

    private static ServicePort.Protocol protocol(AppProtocol declared) {
        return switch (declared) {
            case UNKNOWN -> ServicePort.Protocol.UNSET;
            case HTTP11 -> ServicePort.Protocol.HTTP11;
            case HTTP2 -> ServicePort.Protocol.HTTP2;
            case GRPC -> ServicePort.Protocol.GRPC;
            case TCP -> ServicePort.Protocol.TCP;
            case TLS -> ServicePort.Protocol.TLS;
        };
    }
}
