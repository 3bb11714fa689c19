package dev.ambit.ztunnel.inpod;

import dev.ambit.ztunnel.socket.HostResolver;
import dev.ambit.ztunnel.socket.ProxyPorts;
import java.util.ArrayList;
import java.util.List;

/** Which listeners a pod's proxy has. */
public enum Doors {
    /** All of them. */
    ALL,
    /** {@code ENABLE_PROXY=false}: names are answered, nothing is carried. */
    NAMES,
    /** Tunnels from others, and nothing the pod itself begins. */
    TUNNELS;

    /** The listeners for connections; that for names is elsewhere. */
    List<Openings.Door> of(PodProxy.Share share, ProxyPorts ports, HostResolver names) {
        Openings.Door tunnels =
                new Openings.Door("inbound", share.inbound()::hboneAcceptor, ports.hbone());
        return switch (this) {
            case NAMES -> List.of();
            case TUNNELS -> List.of(tunnels);
            case ALL -> all(share, ports, tunnels, names);
        };
    }

    private static List<Openings.Door> all(
            PodProxy.Share share, ProxyPorts ports, Openings.Door tunnels, HostResolver names) {
        List<Openings.Door> doors = new ArrayList<>();
        doors.add(new Openings.Door("outbound", share.outbound()::acceptor, ports.outbound()));
        doors.add(
                new Openings.Door(
                        "inbound plaintext",
                        share.inbound()::plaintextAcceptor,
                        ports.inboundPlaintext()));
        doors.add(tunnels);
        if (ports.socks() != 0) {
            // For the pod's own applications only.
            doors.add(
                    Openings.Door.onLoopback(
                            "socks5", () -> share.outbound().socksAcceptor(names), ports.socks()));
        }
        return doors;
    }
}
