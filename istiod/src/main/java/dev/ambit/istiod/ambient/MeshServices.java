package dev.ambit.istiod.ambient;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.LoadBalancing.HealthPolicy;
import dev.ambit.api.workload.LoadBalancing.Mode;
import dev.ambit.api.workload.LoadBalancing.Scope;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.MeshServiceBuilder;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.istiod.ambient.WaypointLookup.Attachment;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.resource.DeclaredProtocol;
import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.Namespace;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Service;
import dev.ambit.istiod.resource.Service.TargetPort;
import dev.ambit.istiod.resource.ServiceEntry;
import dev.ambit.istiod.resource.ServiceEntry.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Service and ServiceEntry to {@link MeshService}. Where both have a name, Kubernetes' own wins;
 * among entries the oldest.
 */
final class MeshServices implements Recipe<NamespacedHostname, MeshService> {
    private static final List<Scope> SAME_ZONE = List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE);
    private static final List<Scope> SAME_NODE =
            List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE);

    /** Where names come from. */
    record Hosts(
            IndexTable<NamespacedHostname, ObjectName> services,
            IndexTable<NamespacedHostname, ObjectName> entries,
            IndexTable<String, NamespacedHostname> serviceNames,
            IndexTable<String, NamespacedHostname> entryNames) {}

    private final MeshInputs inputs;
    private final Networks networks;
    private final WaypointLookup waypoints;
    private final Hosts hosts;

    MeshServices(MeshInputs inputs, Networks networks, WaypointLookup waypoints, Hosts hosts) {
        this.inputs = inputs;
        this.networks = networks;
        this.waypoints = waypoints;
        this.hosts = hosts;
    }

    @Override
    public @Nullable MeshService compute(NamespacedHostname key, Reads reads) {
        for (ObjectName name : reads.find(hosts.services(), key)) {
            Service service = reads.get(inputs.services, name);
            if (service != null) {
                return fromService(key, service, reads);
            }
        }
        ServiceEntry entry = oldest(key, reads);
        return entry == null ? null : fromEntry(key, entry, reads);
    }

    private @Nullable ServiceEntry oldest(NamespacedHostname key, Reads reads) {
        ServiceEntry oldest = null;
        for (ObjectName name : reads.find(hosts.entries(), key)) {
            ServiceEntry entry = reads.get(inputs.serviceEntries, name);
            if (entry != null && (oldest == null || entry.meta().compareAge(oldest.meta()) < 0)) {
                oldest = entry;
            }
        }
        return oldest;
    }

    private MeshService fromService(NamespacedHostname key, Service service, Reads reads) {
        String network = networks.local(reads);
        List<Port> ports = new ArrayList<>();
        for (Service.Port p : service.ports()) {
            int target = p.target() instanceof TargetPort.Numbered n ? n.port() : 0;
            ports.add(new Port(p.port(), target, protocol(p.protocol())));
        }
        MeshServiceBuilder b =
                MeshService.builder(key)
                        .name(service.name().name())
                        .vips(
                                service.clusterIps().stream()
                                        .map(ip -> new NetworkAddress(network, ip))
                                        .toList())
                        .ports(ports)
                        .loadBalancing(loadBalancing(service, reads))
                        .ipFamilies(families(service.ipFamilies()))
                        .canonical(true);
        boolean ownGateway = isWaypointObject(service.meta());
        return attached(b, service.meta(), ownGateway, reads).build();
    }

    private MeshService fromEntry(NamespacedHostname key, ServiceEntry entry, Reads reads) {
        String network = networks.local(reads);
        List<NetworkAddress> vips = new ArrayList<>();
        List<CidrVip> blocks = new ArrayList<>();
        for (Cidr block : entry.addresses()) {
            if (block.isSingle()) {
                vips.add(new NetworkAddress(network, block.base()));
            } else {
                blocks.add(new CidrVip(network, block));
            }
        }
        boolean passthrough = entry.resolution() == Resolution.NONE;
        boolean wildcard = key.hostname().startsWith("*");
        if (entry.addresses().isEmpty()
                && !passthrough
                && (!wildcard || entry.resolution() == Resolution.DYNAMIC_DNS)) {
            for (IpAddress ip : entry.allocated().getOrDefault(key.hostname(), List.of())) {
                vips.add(new NetworkAddress(network, ip));
            }
        }
        List<Port> ports = new ArrayList<>();
        for (ServiceEntry.Port p : entry.ports()) {
            int target = p.targetPort() == 0 ? p.number() : p.targetPort();
            ports.add(
                    new Port(
                            p.number(),
                            target,
                            protocol(DeclaredProtocol.of(p.protocol(), p.name()))));
        }
        LoadBalancing balancing =
                passthrough
                        ? new LoadBalancing(List.of(), Mode.PASSTHROUGH, HealthPolicy.ONLY_HEALTHY)
                        : distribution(entry.meta(), "", HealthPolicy.ONLY_HEALTHY, reads);
        MeshServiceBuilder b =
                MeshService.builder(key)
                        .name(entry.name().name())
                        .vips(vips)
                        .cidrVips(blocks)
                        .ports(ports)
                        .subjectAltNames(entry.subjectAltNames())
                        .loadBalancing(balancing)
                        .canonical(isCanonical(key, reads));
        return attached(b, entry.meta(), false, reads).build();
    }

    private MeshServiceBuilder attached(
            MeshServiceBuilder b, Meta meta, boolean ownGateway, Reads reads) {
        if (ownGateway) {
            return b;
        }
        Attachment found = waypoints.find(meta, WaypointLookup.Target.SERVICE, reads);
        if (!(found instanceof Attachment.Attached attached)) {
            return b;
        }
        b.waypoint(attached.ref()).ingressUseWaypoint(ingressUses(meta, reads));
        WaypointLookup.@Nullable Canary canary = attached.canary();
        if (canary != null) {
            b.weightedWaypoints(
                    List.of(
                            new WeightedWaypoint(attached.ref(), 100 - canary.weight()),
                            new WeightedWaypoint(canary.ref(), canary.weight())));
        }
        return b;
    }

    private boolean ingressUses(Meta meta, Reads reads) {
        String own = meta.label(MeshLabels.INGRESS_USE_WAYPOINT).orElse("");
        if (own.isEmpty()) {
            Namespace ns = namespace(meta, reads);
            own = ns == null ? "" : ns.meta().label(MeshLabels.INGRESS_USE_WAYPOINT).orElse("");
        }
        return own.equals("true");
    }

    /** Kubernetes' own service of a host name is canonical, else the oldest entry. */
    private boolean isCanonical(NamespacedHostname key, Reads reads) {
        if (!reads.find(hosts.serviceNames(), key.hostname()).isEmpty()) {
            return false;
        }
        ServiceEntry mine = oldest(key, reads);
        Set<NamespacedHostname> others = reads.find(hosts.entryNames(), key.hostname());
        for (NamespacedHostname other : others) {
            ServiceEntry theirs = oldest(other, reads);
            if (mine == null || (theirs != null && theirs.meta().compareAge(mine.meta()) < 0)) {
                return false;
            }
        }
        return true;
    }

    private LoadBalancing loadBalancing(Service service, Reads reads) {
        HealthPolicy health =
                service.publishNotReadyAddresses()
                        ? HealthPolicy.ALLOW_ALL
                        : HealthPolicy.ONLY_HEALTHY;
        if (service.internalTrafficLocal()) {
            return new LoadBalancing(List.of(Scope.NODE), Mode.STRICT, health);
        }
        return distribution(service.meta(), service.trafficDistribution(), health, reads);
    }

    private LoadBalancing distribution(
            Meta meta, String declared, HealthPolicy health, Reads reads) {
        String wish = declared;
        if (wish.isEmpty()) {
            wish = meta.annotation(MeshLabels.TRAFFIC_DISTRIBUTION).orElse("");
        }
        if (wish.isEmpty()) {
            Namespace ns = namespace(meta, reads);
            wish =
                    ns == null
                            ? ""
                            : ns.meta().annotation(MeshLabels.TRAFFIC_DISTRIBUTION).orElse("");
        }
        return switch (wish) {
            case "PreferClose", "PreferSameZone" ->
                    new LoadBalancing(SAME_ZONE, Mode.FAILOVER, health);
            case "PreferSameNode" -> new LoadBalancing(SAME_NODE, Mode.FAILOVER, health);
            default -> new LoadBalancing(List.of(), Mode.UNSPECIFIED, health);
        };
    }

    private @Nullable Namespace namespace(Meta meta, Reads reads) {
        return reads.get(inputs.namespaces, new ObjectName("", meta.name().namespace()));
    }

    /** Objects of a waypoint never go through a waypoint. */
    static boolean isWaypointObject(Meta meta) {
        String managed = meta.label(MeshLabels.GATEWAY_MANAGED).orElse("");
        return managed.equals(MeshLabels.MANAGED_WAYPOINT)
                || managed.equals("istio.io-eastwest-controller")
                || managed.equals("istio.io-agentgateway-waypoint-controller");
    }

    private static IpFamilies families(List<String> families) {
        boolean v4 = families.contains("IPv4");
        boolean v6 = families.contains("IPv6");
        if (v4 && v6) {
            return IpFamilies.DUAL;
        }
        return v4 ? IpFamilies.IPV4_ONLY : v6 ? IpFamilies.IPV6_ONLY : IpFamilies.AUTOMATIC;
    }

    private static AppProtocol protocol(DeclaredProtocol declared) {
        return switch (declared) {
            case UNKNOWN -> AppProtocol.UNKNOWN;
            case HTTP -> AppProtocol.HTTP11;
            case HTTP2 -> AppProtocol.HTTP2;
            case GRPC -> AppProtocol.GRPC;
            case TCP -> AppProtocol.TCP;
            case TLS -> AppProtocol.TLS;
        };
    }
}
