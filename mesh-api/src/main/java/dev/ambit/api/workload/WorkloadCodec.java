package dev.ambit.api.workload;

import static dev.ambit.api.workload.WireParts.shared;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.proto.workload.PortList;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code istio.workload.Workload} to record and back. */
final class WorkloadCodec {

    private static final String DEFAULT_ACCOUNT = "default";
    private static final String DEFAULT_CLUSTER = "Kubernetes";

    private static final Interner<SpiffeId> IDENTITIES = new Interner<>();
    private static final Interner<Locality> LOCALITIES = new Interner<>();
    private static final Interner<Map<NamespacedHostname, List<Port>>> SERVICES = new Interner<>();
    private static final Interner<List<String>> POLICIES = new Interner<>();

    private WorkloadCodec() {}

    static Workload decode(dev.ambit.api.proto.workload.Workload message, String resourceName) {
        String uid = message.getUid();
        WorkloadBuilder workload =
                Workload.builder(
                                uid.equals(resourceName) ? resourceName : uid,
                                message.getName(),
                                identity(message))
                        .addresses(addresses(message.getAddressesList()))
                        .hostname(shared(message.getHostname()))
                        .network(shared(message.getNetwork()))
                        .node(shared(message.getNode()))
                        .clusterId(shared(orElse(message.getClusterId(), DEFAULT_CLUSTER)))
                        .locality(locality(message))
                        .networkMode(networkMode(message))
                        .canonicalName(shared(message.getCanonicalName()))
                        .canonicalRevision(shared(message.getCanonicalRevision()))
                        .workloadType(workloadType(message))
                        .workloadName(shared(message.getWorkloadName()))
                        .tunnelProtocol(tunnelProtocol(message))
                        .nativeTunnel(message.getNativeTunnel())
                        .services(services(message.getServicesMap()))
                        .authorizationPolicies(policies(message))
                        .status(status(message));
        if (message.hasApplicationTunnel()) {
            workload.applicationTunnel(applicationTunnel(message.getApplicationTunnel()));
        }
        if (message.hasWaypoint()) {
            workload.waypoint(WireParts.waypoint("waypoint", message.getWaypoint()));
        }
        if (message.hasNetworkGateway()) {
            workload.networkGateway(
                    WireParts.waypoint("network_gateway", message.getNetworkGateway()));
        }
        if (message.hasCapacity()) {
            int capacity = message.getCapacity().getValue();
            // Unsigned on the wire; so large a weight is as large as any.
            workload.capacity(capacity < 0 ? Integer.MAX_VALUE : capacity);
        }
        return workload.build();
    }

    private static SpiffeId identity(dev.ambit.api.proto.workload.Workload message) {
        return IDENTITIES.one(
                SpiffeId.of(
                        orElse(message.getTrustDomain(), TrustDomain.CLUSTER_LOCAL.name()),
                        shared(message.getNamespace()),
                        shared(orElse(message.getServiceAccount(), DEFAULT_ACCOUNT))));
    }

    private static List<IpAddress> addresses(List<ByteString> messages) {
        List<IpAddress> addresses = new ArrayList<>(messages.size());
        for (ByteString bytes : messages) {
            addresses.add(WireParts.ip("addresses", bytes));
        }
        return addresses;
    }

    private static Locality locality(dev.ambit.api.proto.workload.Workload message) {
        dev.ambit.api.proto.workload.Locality l = message.getLocality();
        return message.hasLocality()
                ? LOCALITIES.one(
                        new Locality(
                                shared(l.getRegion()), shared(l.getZone()), shared(l.getSubzone())))
                : Locality.UNKNOWN;
    }

    private static NetworkMode networkMode(dev.ambit.api.proto.workload.Workload message) {
        return switch (message.getNetworkMode()) {
            case STANDARD -> NetworkMode.STANDARD;
            case HOST_NETWORK -> NetworkMode.HOST_NETWORK;
            case UNRECOGNIZED ->
                    throw WireParts.unknownValue("network_mode", message.getNetworkModeValue());
        };
    }

    private static WorkloadType workloadType(dev.ambit.api.proto.workload.Workload message) {
        return switch (message.getWorkloadType()) {
            case DEPLOYMENT -> WorkloadType.DEPLOYMENT;
            case CRONJOB -> WorkloadType.CRONJOB;
            case POD -> WorkloadType.POD;
            case JOB -> WorkloadType.JOB;
            case UNRECOGNIZED ->
                    throw WireParts.unknownValue("workload_type", message.getWorkloadTypeValue());
        };
    }

    private static WorkloadStatus status(dev.ambit.api.proto.workload.Workload message) {
        return switch (message.getStatus()) {
            case HEALTHY -> WorkloadStatus.HEALTHY;
            case UNHEALTHY -> WorkloadStatus.UNHEALTHY;
            case UNRECOGNIZED -> throw WireParts.unknownValue("status", message.getStatusValue());
        };
    }

    private static TunnelProtocol tunnelProtocol(dev.ambit.api.proto.workload.Workload message) {
        return switch (message.getTunnelProtocol()) {
            case NONE -> TunnelProtocol.NONE;
            case HBONE -> TunnelProtocol.HBONE;
            case LEGACY_ISTIO_MTLS ->
                    throw new IllegalArgumentException(
                            "tunnel_protocol: LEGACY_ISTIO_MTLS (expected: NONE or HBONE)");
            case UNRECOGNIZED ->
                    throw WireParts.unknownValue(
                            "tunnel_protocol", message.getTunnelProtocolValue());
        };
    }

    private static ApplicationTunnel applicationTunnel(
            dev.ambit.api.proto.workload.ApplicationTunnel message) {
        ApplicationTunnel.Protocol protocol =
                switch (message.getProtocol()) {
                    case NONE -> ApplicationTunnel.Protocol.NONE;
                    case PROXY -> ApplicationTunnel.Protocol.PROXY;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue(
                                    "application_tunnel.protocol", message.getProtocolValue());
                };
        return new ApplicationTunnel(protocol, message.getPort());
    }

    private static Map<NamespacedHostname, List<Port>> services(Map<String, PortList> messages) {
        Map<NamespacedHostname, List<Port>> services = HashMap.newHashMap(messages.size());
        messages.forEach(
                (name, ports) ->
                        services.put(
                                shared(NamespacedHostname.parse(name)),
                                WireParts.ports(ports.getPortsList())));
        return SERVICES.one(Map.copyOf(services));
    }

    private static List<String> policies(dev.ambit.api.proto.workload.Workload message) {
        List<String> policies = new ArrayList<>(message.getAuthorizationPoliciesCount());
        for (String key : message.getAuthorizationPoliciesList()) {
            policies.add(shared(key));
        }
        return POLICIES.one(List.copyOf(policies));
    }

    private static String orElse(String value, String fallback) {
        return value.isEmpty() ? fallback : value;
    }

    static dev.ambit.api.proto.workload.Workload encode(Workload workload) {
        String trustDomain = workload.identity().trustDomain().name();
        dev.ambit.api.proto.workload.Workload.Builder message =
                dev.ambit.api.proto.workload.Workload.newBuilder()
                        .setUid(workload.uid())
                        .setName(workload.name())
                        .setNamespace(workload.namespace())
                        .setServiceAccount(workload.serviceAccount())
                        .setHostname(workload.hostname())
                        .setNetwork(workload.network())
                        .setNode(workload.node())
                        .setClusterId(workload.clusterId())
                        .setNetworkMode(
                                dev.ambit.api.proto.workload.NetworkMode.valueOf(
                                        workload.networkMode().name()))
                        .setCanonicalName(workload.canonicalName())
                        .setCanonicalRevision(workload.canonicalRevision())
                        .setWorkloadType(
                                dev.ambit.api.proto.workload.WorkloadType.valueOf(
                                        workload.workloadType().name()))
                        .setWorkloadName(workload.workloadName())
                        .setTunnelProtocol(
                                dev.ambit.api.proto.workload.TunnelProtocol.valueOf(
                                        workload.tunnelProtocol().name()))
                        .setNativeTunnel(workload.nativeTunnel())
                        .addAllAuthorizationPolicies(workload.authorizationPolicies())
                        .setStatus(
                                dev.ambit.api.proto.workload.WorkloadStatus.valueOf(
                                        workload.status().name()));
        // Upstream's istiod leaves the usual domain out; so the bytes are equal.
        if (!trustDomain.equals(TrustDomain.CLUSTER_LOCAL.name())) {
            message.setTrustDomain(trustDomain);
        }
        workload.addresses().forEach(a -> message.addAddresses(WireParts.bytes(a)));
        workload.services()
                .forEach((name, ports) -> message.putServices(name.toString(), portList(ports)));
        encodeOptional(workload, message);
        return message.build();
    }

    private static void encodeOptional(
            Workload workload, dev.ambit.api.proto.workload.Workload.Builder message) {
        Locality locality = workload.locality();
        if (!locality.equals(Locality.UNKNOWN)) {
            message.getLocalityBuilder()
                    .setRegion(locality.region())
                    .setZone(locality.zone())
                    .setSubzone(locality.subzone());
        }
        ApplicationTunnel tunnel = workload.applicationTunnel();
        if (tunnel != null) {
            message.getApplicationTunnelBuilder()
                    .setProtocol(
                            dev.ambit.api.proto.workload.ApplicationTunnel.Protocol.valueOf(
                                    tunnel.protocol().name()))
                    .setPort(tunnel.port());
        }
        WaypointRef waypoint = workload.waypoint();
        if (waypoint != null) {
            message.setWaypoint(WireParts.waypoint(waypoint));
        }
        WaypointRef gateway = workload.networkGateway();
        if (gateway != null) {
            message.setNetworkGateway(WireParts.waypoint(gateway));
        }
        if (workload.capacity() != 1) {
            message.setCapacity(UInt32Value.of(workload.capacity()));
        }
    }

    private static PortList portList(List<Port> ports) {
        PortList.Builder list = PortList.newBuilder();
        ports.forEach(p -> list.addPorts(WireParts.port(p)));
        return list.build();
    }
}
