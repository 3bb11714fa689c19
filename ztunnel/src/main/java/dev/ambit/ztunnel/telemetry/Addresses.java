package dev.ambit.ztunnel.telemetry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as logs, headers and dumps print them: {@code ip:port}, {@code [v6]:port}. */
public final class Addresses {

    private Addresses() {}

    /** Resolved or not; an IPv4 address in IPv6 clothes prints as IPv4. */
    public static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return String.valueOf(address);
        }
        InetAddress ip = inet.getAddress();
        if (ip == null) {
            return inet.getHostString() + ":" + inet.getPort();
        }
        String text = ip.getHostAddress();
        return text.indexOf(':') < 0
                ? text + ":" + inet.getPort()
                : "[" + dev.ambit.api.IpAddress.of(ip) + "]:" + inet.getPort();
    }
}
