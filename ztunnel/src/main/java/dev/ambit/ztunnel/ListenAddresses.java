package dev.ambit.ztunnel;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import java.net.SocketAddress;

/** Where the process's own pages are served. */
final class ListenAddresses {

    private ListenAddresses() {}

    /** On every address of the process's namespace. */
    static SocketAddress any(ZtunnelConfig config, int port) {
        return config.proxy().sockets().ipv6() ? at("::", port) : at("0.0.0.0", port);
    }

    /** Admin pages: for this machine only. */
    static SocketAddress[] admin(ZtunnelConfig.Ports ports) {
        SocketAddress v4 = at("127.0.0.1", ports.admin());
        return ports.loopback6()
                ? new SocketAddress[] {v4, at("::1", ports.admin())}
                : new SocketAddress[] {v4};
    }

    static SocketAddress at(String address, int port) {
        return new IpPort(IpAddress.parse(address), port).toSocketAddress();
    }
}
