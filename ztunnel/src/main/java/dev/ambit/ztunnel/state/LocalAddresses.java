package dev.ambit.ztunnel.state;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.CidrVip;
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
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.identity.SpiffeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the workloads and services of a local state file. */
final class LocalAddresses {

    private static final Map<String, LoadBalancing.Mode> MODES =
            Map.of(
                    "Standard", LoadBalancing.Mode.UNSPECIFIED,
                    "Strict", LoadBalancing.Mode.STRICT,
                    "Failover", LoadBalancing.Mode.FAILOVER,
                    "Passthrough", LoadBalancing.Mode.PASSTHROUGH);

    private static final Map<String, LoadBalancing.Scope> SCOPES =
            Map.of(
                    "Region", LoadBalancing.Scope.REGION,
                    "Zone", LoadBalancing.Scope.ZONE,
                    "Subzone", LoadBalancing.Scope.SUBZONE,
                    "Node", LoadBalancing.Scope.NODE,
                    "Cluster", LoadBalancing.Scope.CLUSTER,
                    "Network", LoadBalancing.Scope.NETWORK);

    private static final Map<String, IpFamilies> FAMILIES =
            Map.of(
                    "IPv4",
                    IpFamilies.IPV4_ONLY,
                    "IPv6",
                    IpFamilies.IPV6_ONLY,
                    "Dual",
                    IpFamilies.DUAL);

    private static final Map<String, TunnelProtocol> PROTOCOLS =
            Map.of("TCP", TunnelProtocol.NONE, "HBONE", TunnelProtocol.HBONE);

    private static final Map<String, NetworkMode> NETWORK_MODES =
            Map.of("Standard", NetworkMode.STANDARD, "HostNetwork", NetworkMode.HOST_NETWORK);

    private static final Map<String, WorkloadType> TYPES =
            Map.of(
                    "deployment",
                    WorkloadType.DEPLOYMENT,
                    "cronjob",
                    WorkloadType.CRONJOB,
                    "pod",
                    WorkloadType.POD,
                    "job",
                    WorkloadType.JOB);

    private static final Map<String, WorkloadStatus> STATUSES =
            Map.of("Healthy", WorkloadStatus.HEALTHY, "Unhealthy", WorkloadStatus.UNHEALTHY);

    private LocalAddresses() {}

    static Workload workload(LocalNode node) {
        SpiffeId identity =
                SpiffeId.of(
                        node.field("trustDomain").text("cluster.local"),
                        node.required("namespace").text(""),
                        node.field("serviceAccount").text("default"));
        String name = node.field("name").text("");
        Workload workload =
                Workload.builder(node.required("uid").text(""), name, identity)
                        .addresses(
                                node.required("workloadIps")
                                        .list(ip -> ip.parsed(IpAddress::parse)))
                        .waypoint(gateway(node.field("waypoint")))
                        .networkGateway(gateway(node.field("networkGateway")))
                        .tunnelProtocol(
                                node.field("protocol").choice(TunnelProtocol.NONE, PROTOCOLS))
                        .networkMode(
                                node.field("networkMode")
                                        .choice(NetworkMode.STANDARD, NETWORK_MODES))
                        .network(node.field("network").text(""))
                        .workloadName(node.field("workloadName").text(""))
                        .workloadType(node.field("workloadType").choice(WorkloadType.POD, TYPES))
                        .canonicalName(node.field("canonicalName").text(""))
                        .canonicalRevision(node.field("canonicalRevision").text(""))
                        .hostname(node.field("hostname").text(""))
                        .node(node.field("node").text(""))
                        .nativeTunnel(node.field("nativeTunnel").flag(false))
                        .applicationTunnel(applicationTunnel(node.field("applicationTunnel")))
                        .authorizationPolicies(
                                node.field("authorizationPolicies").list(key -> key.text("")))
                        .status(node.field("status").choice(WorkloadStatus.HEALTHY, STATUSES))
                        .clusterId(node.field("clusterId").text(""))
                        .locality(locality(node.field("locality")))
                        .services(services(node.required("services")))
                        .capacity(node.field("capacity").number(1, Integer.MAX_VALUE))
                        .build();
        node.refuseOthers();
        return workload;
    }

    static MeshService service(LocalNode node) {
        NamespacedHostname key =
                new NamespacedHostname(
                        node.required("namespace").text(""), node.required("hostname").text(""));
        MeshService service =
                MeshService.builder(key)
                        .name(node.required("name").text(""))
                        .vips(
                                node.required("vips")
                                        .list(vip -> vip.parsed(LocalAddresses::networkAddress)))
                        .cidrVips(
                                node.field("cidrVips")
                                        .list(vip -> vip.parsed(LocalAddresses::cidrVip)))
                        .ports(node.required("ports").ports(LocalAddresses::port))
                        .subjectAltNames(node.field("subjectAltNames").list(san -> san.text("")))
                        .waypoint(gateway(node.field("waypoint")))
                        .weightedWaypoints(
                                node.field("weightedWaypoints").list(LocalAddresses::weighted))
                        .loadBalancing(loadBalancing(node.field("loadBalancer")))
                        .ipFamilies(node.field("ipFamilies").choice(IpFamilies.AUTOMATIC, FAMILIES))
                        .canonical(node.field("canonical").flag(false))
                        .visibility(
                                node.field("visibility")
                                        .choice(
                                                Visibility.PUBLIC,
                                                Map.of(
                                                        "Public", Visibility.PUBLIC,
                                                        "Namespace", Visibility.NAMESPACE)))
                        .build();
        LocalNode endpoints = node.field("endpoints");
        if (!endpoints.map().isEmpty()) {
            throw endpoints.bad(
                    "not read here (expected: the endpoints' workloads name the service)");
        }
        node.refuseOthers();
        return service;
    }

    private static Map<NamespacedHostname, List<Port>> services(LocalNode node) {
        Map<NamespacedHostname, List<Port>> services = new LinkedHashMap<>();
        for (Object key : node.map().keySet()) {
            LocalNode service = node.field(String.valueOf(key));
            services.put(
                    new LocalNode("services", key).parsed(NamespacedHostname::parse),
                    service.ports(LocalAddresses::port));
        }
        return services;
    }

    private static Port port(int service, int target) {
        return new Port(service, target, AppProtocol.UNKNOWN);
    }

    private static WeightedWaypoint weighted(LocalNode node) {
        LocalNode destination = node.required("destination");
        WaypointRef ref = gateway(destination);
        if (ref == null) {
            throw destination.bad("missing");
        }
        int weight = node.required("weight").number(0, Integer.MAX_VALUE);
        node.refuseOthers();
        return new WeightedWaypoint(ref, weight);
    }

    private static @Nullable WaypointRef gateway(LocalNode node) {
        if (node.isAbsent()) {
            return null;
        }
        LocalNode destination = node.required("destination");
        int port = node.required("hboneMtlsPort").number(0, 65535);
        node.refuseOthers();
        return destination.parsed(
                text -> {
                    try {
                        return new WaypointRef.ByAddress(networkAddress(text), port);
                    } catch (IllegalArgumentException notAnAddress) {
                        return new WaypointRef.ByHostname(NamespacedHostname.parse(text), port);
                    }
                });
    }

    private static NetworkAddress networkAddress(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(text + " (expected: network/address)");
        }
        return new NetworkAddress(
                text.substring(0, slash), IpAddress.parse(text.substring(slash + 1)));
    }

    private static CidrVip cidrVip(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || text.indexOf('/', slash + 1) < 0) {
            throw new IllegalArgumentException(text + " (expected: network/address/length)");
        }
        return new CidrVip(text.substring(0, slash), Cidr.parse(text.substring(slash + 1)));
    }

    private static @Nullable ApplicationTunnel applicationTunnel(LocalNode node) {
        if (node.isAbsent()) {
            return null;
        }
        var protocol =
                node.required("protocol")
                        .choice(
                                ApplicationTunnel.Protocol.NONE,
                                Map.of(
                                        "NONE", ApplicationTunnel.Protocol.NONE,
                                        "PROXY", ApplicationTunnel.Protocol.PROXY));
        int port = node.field("port").number(0, 65535);
        node.refuseOthers();
        return new ApplicationTunnel(protocol, port);
    }

    private static Locality locality(LocalNode node) {
        Locality locality =
                new Locality(
                        node.field("region").text(""),
                        node.field("zone").text(""),
                        node.field("subzone").text(""));
        node.refuseOthers();
        return locality;
    }

    private static LoadBalancing loadBalancing(LocalNode node) {
        if (node.isAbsent()) {
            return LoadBalancing.ANY;
        }
        LoadBalancing loadBalancing =
                new LoadBalancing(
                        node.field("routingPreferences")
                                .list(scope -> scope.choice(LoadBalancing.Scope.NODE, SCOPES)),
                        node.field("mode").choice(LoadBalancing.Mode.UNSPECIFIED, MODES),
                        node.field("healthPolicy")
                                .choice(
                                        LoadBalancing.HealthPolicy.ONLY_HEALTHY,
                                        Map.of(
                                                "OnlyHealthy",
                                                        LoadBalancing.HealthPolicy.ONLY_HEALTHY,
                                                "AllowAll", LoadBalancing.HealthPolicy.ALLOW_ALL)));
        node.refuseOthers();
        return loadBalancing;
    }
}
