package dev.ambit.api.waypoint;

import com.google.protobuf.ByteString;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.proto.waypoint.Listener;
import dev.ambit.api.proto.waypoint.Service;
import dev.ambit.api.proto.waypoint.VirtualAddress;

/** Listeners and services. */
final class ServiceCodec {

    private ServiceCodec() {}

    static WaypointListener listener(Listener message) {
        TrafficType type =
                switch (message.getWaypointFor()) {
                    case SERVICE -> TrafficType.SERVICE;
                    case WORKLOAD -> TrafficType.WORKLOAD;
                    case ALL -> TrafficType.ALL;
                    case NONE -> TrafficType.NONE;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue(
                                    "waypoint_for", message.getWaypointForValue());
                };
        return new WaypointListener(
                new GatewayName(message.getNamespace(), message.getName()),
                type,
                message.getServiceAccount(),
                message.getHbonePort());
    }

    static Listener listener(WaypointListener listener) {
        return Listener.newBuilder()
                .setNamespace(listener.gateway().namespace())
                .setName(listener.gateway().name())
                .setWaypointFor(
                        dev.ambit.api.proto.waypoint.TrafficType.valueOf(
                                listener.waypointFor().name()))
                .setServiceAccount(listener.serviceAccount())
                .setHbonePort(listener.hbonePort())
                .build();
    }

    static WaypointService service(Service message) {
        return new WaypointService(
                new NamespacedHostname(message.getNamespace(), message.getHostname()),
                WireParts.each(message.getWaypointsList(), WireParts::gateway),
                WireParts.each(message.getAddressesList(), ServiceCodec::address),
                WireParts.each(message.getPortsList(), ServiceCodec::port));
    }

    static Service service(WaypointService service) {
        Service.Builder message =
                Service.newBuilder()
                        .setNamespace(service.key().namespace())
                        .setHostname(service.key().hostname());
        service.waypoints().forEach(w -> message.addWaypoints(WireParts.gateway(w)));
        for (NetworkAddress vip : service.vips()) {
            message.addAddressesBuilder()
                    .setNetwork(vip.network())
                    .setAddress(ByteString.copyFrom(vip.address().bytes()));
        }
        for (ServicePort port : service.ports()) {
            message.addPortsBuilder()
                    .setPort(port.port())
                    .setTargetPort(port.targetPort())
                    .setName(port.name())
                    .setProtocol(
                            dev.ambit.api.proto.waypoint.AppProtocol.valueOf(
                                    port.protocol().name()));
        }
        return message.build();
    }

    private static NetworkAddress address(VirtualAddress message) {
        return new NetworkAddress(
                message.getNetwork(), IpAddress.of(message.getAddress().toByteArray()));
    }

    private static ServicePort port(dev.ambit.api.proto.waypoint.ServicePort message) {
        ServicePort.Protocol protocol =
                switch (message.getProtocol()) {
                    case UNSET -> ServicePort.Protocol.UNSET;
                    case HTTP11 -> ServicePort.Protocol.HTTP11;
                    case HTTP2 -> ServicePort.Protocol.HTTP2;
                    case GRPC -> ServicePort.Protocol.GRPC;
                    case TCP -> ServicePort.Protocol.TCP;
                    case TLS -> ServicePort.Protocol.TLS;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue("protocol", message.getProtocolValue());
                };
        return new ServicePort(
                message.getPort(), message.getTargetPort(), message.getName(), protocol);
    }
}
