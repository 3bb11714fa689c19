package dev.ambit.api;

import java.net.InetSocketAddress;

/** Where a TCP connection goes to or comes from. */
public record IpPort(IpAddress address, int port) {

    public IpPort {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0-65535)");
        }
    }

    /**
     * @throws IllegalArgumentException if the address has not been resolved
     */
    public static IpPort of(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    "address: " + address + " (expected: a resolved address)");
        }
        return new IpPort(IpAddress.of(address.getAddress()), address.getPort());
    }

    /**
     * {@code 10.0.0.1:80} or {@code [fd00::1]:80}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static IpPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0) {
            host = host.substring(1, host.length() - 1);
        } else if (host.isEmpty() || host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("target: \"" + text + "\" (expected: ip:port)");
        }
        return new IpPort(IpAddress.parse(host), parsePort(text.substring(colon + 1)));
    }

    private static int parsePort(String text) {
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            port = c < '0' || c > '9' || i > 4 ? -1 : port * 10 + c - '0';
            if (port < 0) {
                break;
            }
        }
        if (text.isEmpty() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: \"" + text + "\" (expected: 0-65535)");
        }
        return port;
    }

    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(address.toInetAddress(), port);
    }

    @Override
    public String toString() {
        return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
