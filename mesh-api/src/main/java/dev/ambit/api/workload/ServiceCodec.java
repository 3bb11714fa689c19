package dev.ambit.api.workload;

import static dev.ambit.api.workload.WireParts.shared;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.proto.workload.Service;
import java.util.ArrayList;
import java.util.List;

/** {@code istio.workload.Service} to record and back. */
final class ServiceCodec {

    private ServiceCodec() {}

    static MeshService decode(Service message) {
        MeshServiceBuilder service =
                MeshService.builder(
                                shared(
                                        new NamespacedHostname(
                                                WireParts.required(
                                                        "namespace", message.getNamespace()),
                                                WireParts.required(
                                                        "hostname", message.getHostname()))))
                        .name(message.getName())
                        .ports(WireParts.ports(message.getPortsList()))
                        .subjectAltNames(message.getSubjectAltNamesList())
                        .weightedWaypoints(weightedWaypoints(message))
                        .ipFamilies(ipFamilies(message))
                        .canonical(message.getCanonical())
                        .ingressUseWaypoint(message.getIngressUseWaypoint())
                        .visibility(visibility(message.getVisibility()));
        decodeAddresses(message, service);
        if (message.hasWaypoint()) {
            service.waypoint(WireParts.waypoint("waypoint", message.getWaypoint()));
        }
        if (message.hasLoadBalancing()) {
            service.loadBalancing(loadBalancing(message.getLoadBalancing()));
        }
        return service.build();
    }

    private static void decodeAddresses(Service message, MeshServiceBuilder service) {
        List<NetworkAddress> vips = new ArrayList<>();
        List<CidrVip> blocks = new ArrayList<>();
        for (dev.ambit.api.proto.workload.NetworkAddress address : message.getAddressesList()) {
            IpAddress ip = WireParts.ip("addresses", address.getAddress());
            String network = shared(address.getNetwork());
            Cidr block =
                    address.hasLength()
                            ? Cidr.of(ip, address.getLength(), address.getAddress().size() == 16)
                            : Cidr.single(ip);
            if (block.isSingle()) {
                vips.add(new NetworkAddress(network, ip));
            } else {
                blocks.add(new CidrVip(network, block));
            }
        }
        service.vips(vips).cidrVips(blocks);
    }

    private static List<WeightedWaypoint> weightedWaypoints(Service message) {
        List<WeightedWaypoint> waypoints = new ArrayList<>();
        for (dev.ambit.api.proto.workload.WeightedWaypoint w : message.getWeightedWaypointsList()) {
            waypoints.add(
                    new WeightedWaypoint(
                            WireParts.waypoint("weighted_waypoints", w.getDestination()),
                            w.getWeight()));
        }
        return waypoints;
    }

    private static LoadBalancing loadBalancing(dev.ambit.api.proto.workload.LoadBalancing message) {
        List<LoadBalancing.Scope> preferences = new ArrayList<>();
        for (dev.ambit.api.proto.workload.LoadBalancing.Scope scope :
                message.getRoutingPreferenceList()) {
            preferences.add(
                    switch (scope) {
                        case REGION -> LoadBalancing.Scope.REGION;
                        case ZONE -> LoadBalancing.Scope.ZONE;
                        case SUBZONE -> LoadBalancing.Scope.SUBZONE;
                        case NODE -> LoadBalancing.Scope.NODE;
                        case CLUSTER -> LoadBalancing.Scope.CLUSTER;
                        case NETWORK -> LoadBalancing.Scope.NETWORK;
                        case UNSPECIFIED_SCOPE, UNRECOGNIZED ->
                                throw new IllegalArgumentException(
                                        "load_balancing.routing_preference: "
                                                + scope
                                                + " (expected: a scope this version knows)");
                    });
        }
        LoadBalancing.Mode mode =
                switch (message.getMode()) {
                    case UNSPECIFIED_MODE -> LoadBalancing.Mode.UNSPECIFIED;
                    case STRICT -> LoadBalancing.Mode.STRICT;
                    case FAILOVER -> LoadBalancing.Mode.FAILOVER;
                    case PASSTHROUGH -> LoadBalancing.Mode.PASSTHROUGH;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue(
                                    "load_balancing.mode", message.getModeValue());
                };
        LoadBalancing.HealthPolicy health =
                switch (message.getHealthPolicy()) {
                    case ONLY_HEALTHY -> LoadBalancing.HealthPolicy.ONLY_HEALTHY;
                    case ALLOW_ALL -> LoadBalancing.HealthPolicy.ALLOW_ALL;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue(
                                    "load_balancing.health_policy", message.getHealthPolicyValue());
                };
        return new LoadBalancing(preferences, mode, health);
    }

    private static IpFamilies ipFamilies(Service message) {
        return switch (message.getIpFamilies()) {
            case AUTOMATIC -> IpFamilies.AUTOMATIC;
            case IPV4_ONLY -> IpFamilies.IPV4_ONLY;
            case IPV6_ONLY -> IpFamilies.IPV6_ONLY;
            case DUAL -> IpFamilies.DUAL;
            case UNRECOGNIZED ->
                    throw WireParts.unknownValue("ip_families", message.getIpFamiliesValue());
        };
    }

    private static Visibility visibility(Service.Visibility message) {
        return switch (message) {
            case NAMESPACE -> Visibility.NAMESPACE;
            case PUBLIC, UNRECOGNIZED -> Visibility.PUBLIC;
        };
    }

    static Service encode(MeshService service) {
        Service.Builder message =
                Service.newBuilder()
                        .setName(service.name())
                        .setNamespace(service.namespace())
                        .setHostname(service.hostname())
                        .addAllSubjectAltNames(service.subjectAltNames())
                        .setIpFamilies(
                                dev.ambit.api.proto.workload.IPFamilies.valueOf(
                                        service.ipFamilies().name()))
                        .setCanonical(service.canonical())
                        .setIngressUseWaypoint(service.ingressUseWaypoint())
                        .setVisibility(Service.Visibility.valueOf(service.visibility().name()));
        service.vips().forEach(vip -> message.addAddresses(WireParts.networkAddress(vip)));
        for (CidrVip vip : service.cidrVips()) {
            message.addAddressesBuilder()
                    .setNetwork(vip.network())
                    .setAddress(WireParts.bytes(vip.block().base()))
                    .setLength(vip.block().length());
        }
        service.ports().forEach(port -> message.addPorts(WireParts.port(port)));
        WaypointRef waypoint = service.waypoint();
        if (waypoint != null) {
            message.setWaypoint(WireParts.waypoint(waypoint));
        }
        for (WeightedWaypoint weighted : service.weightedWaypoints()) {
            message.addWeightedWaypointsBuilder()
                    .setDestination(WireParts.waypoint(weighted.waypoint()))
                    .setWeight(weighted.weight());
        }
        LoadBalancing balancing = service.loadBalancing();
        if (!balancing.equals(LoadBalancing.ANY)) {
            message.getLoadBalancingBuilder()
                    .setMode(mode(balancing.mode()))
                    .setHealthPolicy(
                            dev.ambit.api.proto.workload.LoadBalancing.HealthPolicy.valueOf(
                                    balancing.healthPolicy().name()))
                    .addAllRoutingPreference(
                            balancing.preferences().stream()
                                    .map(
                                            s ->
                                                    dev.ambit.api.proto.workload.LoadBalancing.Scope
                                                            .valueOf(s.name()))
                                    .toList());
        }
        return message.build();
    }

    private static dev.ambit.api.proto.workload.LoadBalancing.Mode mode(LoadBalancing.Mode mode) {
        return switch (mode) {
            case UNSPECIFIED -> dev.ambit.api.proto.workload.LoadBalancing.Mode.UNSPECIFIED_MODE;
            case STRICT -> dev.ambit.api.proto.workload.LoadBalancing.Mode.STRICT;
            case FAILOVER -> dev.ambit.api.proto.workload.LoadBalancing.Mode.FAILOVER;
            case PASSTHROUGH -> dev.ambit.api.proto.workload.LoadBalancing.Mode.PASSTHROUGH;
        };
    }
}
