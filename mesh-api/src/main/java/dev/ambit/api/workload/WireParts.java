package dev.ambit.api.workload;

import com.google.protobuf.ByteString;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.proto.workload.GatewayAddress;
import java.util.ArrayList;
import java.util.List;

/** The parts that workloads and services have in common on the wire. */
final class WireParts {

    private static final Interner<String> STRINGS = new Interner<>();
    private static final Interner<NamespacedHostname> NAMES = new Interner<>();
    private static final Interner<WaypointRef> WAYPOINTS = new Interner<>();
    private static final Interner<List<Port>> PORTS = new Interner<>();

    private WireParts() {}

    static String shared(String text) {
        return text.isEmpty() ? "" : STRINGS.one(text);
    }

    static NamespacedHostname shared(NamespacedHostname name) {
        return NAMES.one(name);
    }

    static IpAddress ip(String field, ByteString bytes) {
        try {
            return IpAddress.of(bytes.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    static ByteString bytes(IpAddress address) {
        return ByteString.copyFrom(address.bytes());
    }

    static WaypointRef waypoint(String field, GatewayAddress message) {
        // 0 is what a control plane sends that knows no other port than the usual one.
        int port =
                message.getHboneMtlsPort() == 0
                        ? WaypointRef.DEFAULT_HBONE_PORT
                        : message.getHboneMtlsPort();
        return WAYPOINTS.one(
                switch (message.getDestinationCase()) {
                    case HOSTNAME ->
                            new WaypointRef.ByHostname(
                                    new NamespacedHostname(
                                            shared(message.getHostname().getNamespace()),
                                            required(
                                                    field + ".hostname",
                                                    message.getHostname().getHostname())),
                                    port);
                    case ADDRESS ->
                            new WaypointRef.ByAddress(
                                    new NetworkAddress(
                                            shared(message.getAddress().getNetwork()),
                                            ip(field, message.getAddress().getAddress())),
                                    port);
                    case DESTINATION_NOT_SET ->
                            throw new IllegalArgumentException(
                                    field + ": unset (expected: hostname or address)");
                });
    }

    static GatewayAddress waypoint(WaypointRef waypoint) {
        GatewayAddress.Builder message =
                GatewayAddress.newBuilder().setHboneMtlsPort(waypoint.hbonePort());
        switch (waypoint) {
            case WaypointRef.ByHostname byName ->
                    message.getHostnameBuilder()
                            .setNamespace(byName.name().namespace())
                            .setHostname(byName.name().hostname());
            case WaypointRef.ByAddress byAddress ->
                    message.setAddress(networkAddress(byAddress.address()));
        }
        return message.build();
    }

    static dev.ambit.api.proto.workload.NetworkAddress networkAddress(NetworkAddress address) {
        return dev.ambit.api.proto.workload.NetworkAddress.newBuilder()
                .setNetwork(address.network())
                .setAddress(bytes(address.address()))
                .build();
    }

    static List<Port> ports(List<dev.ambit.api.proto.workload.Port> messages) {
        List<Port> ports = new ArrayList<>(messages.size());
        for (dev.ambit.api.proto.workload.Port message : messages) {
            ports.add(
                    new Port(
                            message.getServicePort(),
                            message.getTargetPort(),
                            protocol(message.getAppProtocol())));
        }
        return PORTS.one(List.copyOf(ports));
    }

    /** A protocol of a later version is as good as none: it only informs. */
    private static AppProtocol protocol(dev.ambit.api.proto.workload.AppProtocol message) {
        return switch (message) {
            case UNKNOWN, UNRECOGNIZED -> AppProtocol.UNKNOWN;
            case HTTP11 -> AppProtocol.HTTP11;
            case HTTP2 -> AppProtocol.HTTP2;
            case GRPC -> AppProtocol.GRPC;
            case TCP -> AppProtocol.TCP;
            case TLS -> AppProtocol.TLS;
        };
    }

    static dev.ambit.api.proto.workload.Port port(Port port) {
        return dev.ambit.api.proto.workload.Port.newBuilder()
                .setServicePort(port.servicePort())
                .setTargetPort(port.targetPort())
                .setAppProtocol(
                        dev.ambit.api.proto.workload.AppProtocol.valueOf(port.protocol().name()))
                .build();
    }

    static String required(String field, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + ": empty (expected: a name)");
        }
        return shared(value);
    }

    static IllegalArgumentException unknownValue(String field, int value) {
        return new IllegalArgumentException(
                field + ": " + value + " (expected: a value this version knows)");
    }
}
