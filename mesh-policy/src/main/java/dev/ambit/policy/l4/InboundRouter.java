package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.InboundRoute.Accept;
import dev.ambit.policy.l4.InboundRoute.Refused;
import dev.ambit.policy.state.MeshView;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which application a tunnel reaches that arrives for a workload of this node (ambient.md 1.11).
 * Pure.
 */
public final class InboundRouter {

    private static final int BAD_REQUEST = 400;
    private static final int UNAVAILABLE = 503;

    private final String network;
    private final Set<Integer> illegalPorts;

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     */
    public InboundRouter(String network, Set<Integer> illegalPorts) {
        this.network = network;
        this.illegalPorts = Set.copyOf(illegalPorts);
    }

    /**
     * @param arrivedAt the address the tunnel's TCP connection was made to
     * @param authority of the CONNECT: {@code ip:port} or {@code hostname:port}
     */
    public InboundRoute route(Workload local, IpPort arrivedAt, String authority, MeshView mesh) {
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 ? "" : authority.substring(0, colon);
        if (looksLikeHostname(host)) {
            return byHostname(local, arrivedAt, host, authority.substring(colon + 1), mesh);
        }
        try {
            return byAddress(local, arrivedAt, IpPort.parse(authority), mesh);
        } catch (IllegalArgumentException e) {
            return new Refused(BAD_REQUEST, "invalid authority: " + e.getMessage());
        }
    }

    private InboundRoute byAddress(Workload local, IpPort arrivedAt, IpPort asked, MeshView mesh) {
        boolean meant =
                asked.address().equals(arrivedAt.address())
                        || local.applicationTunnel() != null
                        || isWaypointOf(asked, local, mesh);
        if (!meant) {
            return new Refused(
                    BAD_REQUEST, "ip mismatch: " + arrivedAt.address() + " != " + asked.address());
        }
        return accept(local, arrivedAt, asked.port(), null);
    }

    /** Whether what was asked for has this workload before it. */
    private boolean isWaypointOf(IpPort asked, Workload local, MeshView mesh) {
        NetworkAddress address = new NetworkAddress(network, asked.address());
        Workload workload = mesh.workload(address);
        if (workload != null) {
            return WaypointLookup.isWaypoint(local, workload.waypoint(), mesh);
        }
        MeshService service = mesh.service(address, local.namespace());
        if (service == null) {
            return false;
        }
        for (WeightedWaypoint weighted : service.weightedWaypoints()) {
            if (WaypointLookup.isWaypoint(local, weighted.waypoint(), mesh)) {
                return true;
            }
        }
        return WaypointLookup.isWaypoint(local, service.waypoint(), mesh);
    }

    private InboundRoute byHostname(
            Workload local, IpPort arrivedAt, String host, String portText, MeshView mesh) {
        int servicePort = port(portText);
        if (servicePort < 0) {
            return new Refused(
                    BAD_REQUEST,
                    "invalid authority: port: \"" + portText + "\" (expected: 0-65535)");
        }
        MeshService service = mesh.serviceByHostname(host, local.namespace());
        if (service == null) {
            return new Refused(UNAVAILABLE, "no service for target address: " + host);
        }
        int port = targetPort(local, service, servicePort);
        return port == 0
                ? new Refused(
                        UNAVAILABLE,
                        "service "
                                + service.key()
                                + " found, but cannot resolve port "
                                + servicePort)
                : accept(local, arrivedAt, port, service);
    }

    private static int targetPort(Workload local, MeshService service, int servicePort) {
        for (Port port : local.services().getOrDefault(service.key(), List.of())) {
            if (port.servicePort() == servicePort) {
                return port.targetPort();
            }
        }
        Port declared = service.port(servicePort);
        return declared == null ? 0 : declared.targetPort();
    }

    private InboundRoute accept(
            Workload local, IpPort arrivedAt, int port, @Nullable MeshService service) {
        ApplicationTunnel tunnel = local.applicationTunnel();
        int target = tunnel != null && tunnel.port() != 0 ? tunnel.port() : port;
        // What was asked for, and what it becomes: neither may be ourselves.
        if (illegalPorts.contains(port) || illegalPorts.contains(target)) {
            return new Refused(UNAVAILABLE, OutboundRouter.SELF_CALL);
        }
        boolean proxyProtocol =
                tunnel != null && tunnel.protocol() == ApplicationTunnel.Protocol.PROXY;
        return new Accept(new IpPort(arrivedAt.address(), target), proxyProtocol, service);
    }

    /** Letters tell a name from an address; whether it is known is asked later. */
    private static boolean looksLikeHostname(String host) {
        boolean letters = false;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (isLetter(c)) {
                letters = true;
            } else if (!isDigit(c) && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return letters;
    }

    private static boolean isLetter(char c) {
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5) {
            return -1;
        }
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return -1;
            }
            port = port * 10 + c - '0';
        }
        return port > 65535 ? -1 : port;
    }
}
