package dev.ambit.istiod.ambient;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.resource.Gateway;
import dev.ambit.istiod.resource.Gateway.Address;
import dev.ambit.istiod.resource.Gateway.AddressType;
import dev.ambit.istiod.resource.Gateway.AllowedRoutes;
import dev.ambit.istiod.resource.Gateway.Listener;
import dev.ambit.istiod.resource.GatewayClass;
import dev.ambit.istiod.resource.ObjectName;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gateway to {@link Waypoint}. */
final class WaypointRecipe implements Recipe<ObjectName, Waypoint> {
    private static final String HBONE = "HBONE";

    private final MeshInputs inputs;
    private final Networks networks;

    WaypointRecipe(MeshInputs inputs, Networks networks) {
        this.inputs = inputs;
        this.networks = networks;
    }

    @Override
    public @Nullable Waypoint compute(ObjectName name, Reads reads) {
        Gateway gateway = reads.get(inputs.gateways, name);
        if (gateway == null) {
            return null;
        }
        GatewayClass of = reads.get(inputs.gatewayClasses, new ObjectName("", gateway.className()));
        if (of == null && !gateway.className().equals(MeshLabels.WAYPOINT_CLASS)) {
            return null;
        }
        Listener listener = attachPoint(gateway);
        if (listener == null) {
            return null;
        }
        return new Waypoint(
                name,
                trafficType(gateway, of),
                ref(gateway, listener, reads),
                listener.allowed(),
                inner(gateway, of));
    }

    /** The HBONE listener; that of port 15008 where a class has its own name for the protocol. */
    private static @Nullable Listener attachPoint(Gateway gateway) {
        Listener found = null;
        for (Listener l : gateway.listeners()) {
            if (l.protocol().equals(HBONE)) {
                return l;
            }
            if (l.port() == WaypointRef.DEFAULT_HBONE_PORT) {
                found = l;
            }
        }
        return found;
    }

    private static TrafficType trafficType(Gateway gateway, @Nullable GatewayClass of) {
        Optional<String> label = gateway.meta().label(MeshLabels.WAYPOINT_FOR);
        if (label.isEmpty() && of != null) {
            label = of.meta().label(MeshLabels.WAYPOINT_FOR);
        }
        return switch (label.orElse("service").toLowerCase(Locale.ROOT)) {
            case "workload" -> TrafficType.WORKLOAD;
            case "all" -> TrafficType.ALL;
            case "none" -> TrafficType.NONE;
            default -> TrafficType.SERVICE;
        };
    }

    /** The host name if there is one, for it outlives addresses. */
    private @Nullable WaypointRef ref(Gateway gateway, Listener listener, Reads reads) {
        int port =
                listener.protocol().equals(HBONE)
                        ? listener.port()
                        : WaypointRef.DEFAULT_HBONE_PORT;
        for (Address a : gateway.addresses()) {
            if (a.type() == AddressType.HOSTNAME) {
                return new WaypointRef.ByHostname(
                        new NamespacedHostname(gateway.namespace(), a.value()), port);
            }
        }
        for (Address a : gateway.addresses()) {
            IpAddress ip = ip(a.value());
            if (ip != null) {
                String network = networks.of(gateway.meta().labels(), reads);
                return new WaypointRef.ByAddress(new NetworkAddress(network, ip), port);
            }
        }
        return null;
    }

    /** Status is written by controllers; an address we cannot read is as good as none. */
    private static @Nullable IpAddress ip(String value) {
        try {
            return IpAddress.parse(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@code PROXY} or {@code PROXY/15088}. */
    private static @Nullable ApplicationTunnel inner(Gateway gateway, @Nullable GatewayClass of) {
        Optional<String> binding = gateway.meta().annotation(MeshLabels.INBOUND_BINDING);
        if (binding.isEmpty() && of != null) {
            binding = of.meta().annotation(MeshLabels.INBOUND_BINDING);
        }
        if (binding.isEmpty()) {
            return null;
        }
        String[] parts = binding.get().split("/", 2);
        int port = 0;
        if (parts.length == 2 && parts[1].matches("[0-9]{1,5}")) {
            port = Math.min(Integer.parseInt(parts[1]), 65535);
        }
        return switch (parts[0]) {
            case "PROXY" -> new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, port);
            case "NONE" -> new ApplicationTunnel(ApplicationTunnel.Protocol.NONE, port);
            default -> null;
        };
    }

    /** Whether a namespace may attach to a waypoint. */
    static boolean admits(Waypoint waypoint, String namespace, MeshInputs inputs, Reads reads) {
        return switch (waypoint.allowed()) {
            case AllowedRoutes.All all -> true;
            case AllowedRoutes.None none -> false;
            case AllowedRoutes.Same same -> waypoint.name().namespace().equals(namespace);
            case AllowedRoutes.Selected selected -> {
                var ns = reads.get(inputs.namespaces, new ObjectName("", namespace));
                yield ns != null && selected.selector().matches(ns.meta().labels());
            }
        };
    }
}
