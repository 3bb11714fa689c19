package dev.ambit.ztunnel.admin;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Visibility;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.policy.state.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Workloads and services in the form {@code istioctl ztunnel-config} and Kiali read (ambient.md
 * 1.3): they decode into fixed structures, so the type of every value counts.
 */
final class AddressDump {

    private AddressDump() {}

    static Map<String, @Nullable Object> workload(Workload w) {
        return workload(w, w.services().keySet().stream().map(Object::toString).sorted().toList());
    }

    /** As in a local state file, with the ports of the services. */
    static Map<String, @Nullable Object> localWorkload(Workload w) {
        Map<String, Object> services = new TreeMap<>();
        w.services().forEach((name, ports) -> services.put(name.toString(), ports(ports)));
        return workload(w, services);
    }

    private static Map<String, @Nullable Object> workload(Workload w, Object services) {
        return new JsonFields()
                .put("workloadIps", w.addresses().stream().map(IpAddress::toString).toList())
                .maybe("waypoint", gateway(w.waypoint()))
                .maybe("networkGateway", gateway(w.networkGateway()))
                .put("protocol", w.tunnelProtocol() == TunnelProtocol.HBONE ? "HBONE" : "TCP")
                .put(
                        "networkMode",
                        w.networkMode() == NetworkMode.HOST_NETWORK ? "HostNetwork" : "Standard")
                .maybe("uid", w.uid())
                .put("name", w.name())
                .put("namespace", w.namespace())
                .maybe("trustDomain", w.identity().trustDomain().name())
                .maybe("serviceAccount", w.serviceAccount())
                .maybe("network", w.network())
                .maybe("workloadName", w.workloadName())
                .maybe("workloadType", w.workloadType().name().toLowerCase(Locale.ROOT))
                .maybe("canonicalName", w.canonicalName())
                .maybe("canonicalRevision", w.canonicalRevision())
                .maybe("hostname", w.hostname())
                .maybe("node", w.node())
                .maybe("nativeTunnel", w.nativeTunnel())
                .maybe("applicationTunnel", applicationTunnel(w.applicationTunnel()))
                .maybe("authorizationPolicies", w.authorizationPolicies())
                .put("status", status(w.status()))
                .put("clusterId", w.clusterId())
                .maybe("locality", locality(w.locality()))
                .maybe("services", services)
                .put("capacity", w.capacity())
                .map();
    }

    static Map<String, @Nullable Object> service(MeshService s, List<Endpoint> endpoints) {
        Map<String, Object> byUid = new TreeMap<>();
        endpoints.forEach(e -> byUid.put(e.workload().uid(), endpoint(e)));
        return new JsonFields()
                .put("name", s.name())
                .put("namespace", s.namespace())
                .put("hostname", s.hostname())
                .put("vips", s.vips().stream().map(Object::toString).toList())
                .maybe("cidrVips", s.cidrVips().stream().map(Object::toString).toList())
                .put("ports", ports(s.ports()))
                .put("endpoints", byUid)
                .put("subjectAltNames", s.subjectAltNames())
                .maybe("waypoint", gateway(s.waypoint()))
                .maybe(
                        "weightedWaypoints",
                        s.weightedWaypoints().stream().map(AddressDump::weighted).toList())
                .maybe("loadBalancer", loadBalancer(s.loadBalancing()))
                .maybe("ipFamilies", families(s.ipFamilies()))
                .put("canonical", s.canonical())
                .put("visibility", s.visibility() == Visibility.NAMESPACE ? "Namespace" : "Public")
                .map();
    }

    static Map<String, @Nullable Object> endpoint(Endpoint e) {
        return new JsonFields()
                .put("workloadUid", e.workload().uid())
                .put("port", ports(e.ports()))
                .put("status", status(e.workload().status()))
                .map();
    }

    private static Map<String, Integer> ports(List<Port> ports) {
        Map<String, Integer> byService = new TreeMap<>();
        ports.forEach(p -> byService.put(String.valueOf(p.servicePort()), p.targetPort()));
        return byService;
    }

    private static String status(WorkloadStatus status) {
        return status == WorkloadStatus.HEALTHY ? "Healthy" : "Unhealthy";
    }

    private static Map<String, @Nullable Object> weighted(WeightedWaypoint w) {
        return new JsonFields()
                .put("destination", gateway(w.waypoint()))
                .put("weight", w.weight())
                .map();
    }

    private static @Nullable Map<String, @Nullable Object> gateway(@Nullable WaypointRef ref) {
        if (ref == null) {
            return null;
        }
        String destination =
                switch (ref) {
                    case WaypointRef.ByAddress a -> a.address().toString();
                    case WaypointRef.ByHostname h -> h.name().toString();
                };
        return new JsonFields()
                .put("destination", destination)
                .put("hboneMtlsPort", ref.hbonePort())
                .map();
    }

    private static @Nullable Map<String, @Nullable Object> applicationTunnel(
            @Nullable ApplicationTunnel tunnel) {
        return tunnel == null
                ? null
                : new JsonFields()
                        .put("protocol", tunnel.protocol().name())
                        .put("port", tunnel.port() == 0 ? null : tunnel.port())
                        .map();
    }

    private static @Nullable Map<String, @Nullable Object> locality(Locality l) {
        return l.equals(Locality.UNKNOWN)
                ? null
                : new JsonFields()
                        .put("region", l.region())
                        .put("zone", l.zone())
                        .put("subzone", l.subzone())
                        .map();
    }

    private static @Nullable Map<String, @Nullable Object> loadBalancer(LoadBalancing lb) {
        if (lb.equals(LoadBalancing.ANY)) {
            return null;
        }
        String mode =
                switch (lb.mode()) {
                    case UNSPECIFIED -> "Standard";
                    case STRICT -> "Strict";
                    case FAILOVER -> "Failover";
                    case PASSTHROUGH -> "Passthrough";
                };
        String health =
                lb.healthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL
                        ? "AllowAll"
                        : "OnlyHealthy";
        return new JsonFields()
                .put(
                        "routingPreferences",
                        lb.preferences().stream().map(AddressDump::scope).toList())
                .put("mode", mode)
                .put("healthPolicy", health)
                .map();
    }

    private static String scope(LoadBalancing.Scope scope) {
        String name = scope.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static @Nullable String families(IpFamilies families) {
        return switch (families) {
            case AUTOMATIC -> null;
            case IPV4_ONLY -> "IPv4";
            case IPV6_ONLY -> "IPv6";
            case DUAL -> "Dual";
        };
    }
}
