package dev.ambit.hbone;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parsed authority of a CONNECT (RFC 9110 section 7.2, without userinfo and zone). Names are
 * never resolved here.
 */
public sealed interface ConnectTarget {
    /** The longest authority accepted: a DNS name of 253 and a port. */
    int MAX_LENGTH = 259;

    /** The longest DNS name (RFC 1035). */
    int MAX_NAME = 253;

    /** Port, 1 to 65535. */
    int port();

    /** An address. */
    record Address(InetSocketAddress address) implements ConnectTarget {
        @Override
        public int port() {
            return address.getPort();
        }
    }

    /** A name, lower-case. */
    record Host(String host, int port) implements ConnectTarget {}

    /** Reads an authority; null if it is none. */
    static @Nullable ConnectTarget parse(String authority) {
        int colon = authority.lastIndexOf(':');
        if (authority.length() > MAX_LENGTH || colon <= 0) {
            return null;
        }
        int port = port(authority, colon + 1);
        if (port <= 0) {
            return null;
        }
        String host = authority.substring(0, colon);
        if (host.charAt(0) == '[') {
            return host.endsWith("]") && host.indexOf('%') < 0
                    ? address(host.substring(1, host.length() - 1), true, port)
                    : null;
        }
        ConnectTarget address = address(host, false, port);
        return address != null ? address : name(host, port);
    }

    private static int port(String text, int from) {
        int digits = text.length() - from;
        if (digits < 1 || digits > 5) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
        }
        return port <= 65535 ? port : -1;
    }

    private static @Nullable ConnectTarget address(String host, boolean v6, int port) {
        byte[] bytes = v6 ? v6(host) : v4(host);
        try {
            return bytes == null
                    ? null
                    : new Address(new InetSocketAddress(InetAddress.getByAddress(bytes), port));
        } catch (UnknownHostException impossible) {
            return null;
        }
    }

    private static byte @Nullable [] v6(String host) {
        return NetUtil.isValidIpV6Address(host)
                ? NetUtil.createByteArrayFromIpAddressString(host)
                : null;
    }

    private static byte @Nullable [] v4(String host) {
        return NetUtil.isValidIpV4Address(host)
                ? NetUtil.createByteArrayFromIpAddressString(host)
                : null;
    }

    private static @Nullable ConnectTarget name(String host, int port) {
        if (host.length() > MAX_NAME) {
            return null;
        }
        boolean digitsOnly = true;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && c != '-' && c != '.' && c != '_') {
                return null;
            }
            digitsOnly &= digit || c == '.';
        }
        // A name of digits and dots is a misspelt address, which some resolvers would still read as
        // one.
        return digitsOnly ? null : new Host(host.toLowerCase(Locale.ROOT), port);
    }
}
