package dev.ambit.policy.l7;

import java.util.Locale;

/** The parts of an authority, in the one form that is compared. */
final class Hosts {

    private Hosts() {}

    /** Lower case, without port and without the dot of a fully qualified name. */
    static String name(String authority) {
        String host = authority.substring(0, portColon(authority));
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        return host.toLowerCase(Locale.ROOT);
    }

    /** Digits behind the colon, empty if there is none. */
    static String port(String authority) {
        int colon = portColon(authority);
        return colon == authority.length() ? "" : authority.substring(colon + 1);
    }

    /** Where the port's colon is, or the end; the colons of an IPv6 address are inside brackets. */
    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon <= authority.lastIndexOf(']') ? authority.length() : colon;
    }

    /** {@code *.a.com} covers names with at least one label more; without a star, equal names. */
    static boolean covers(String pattern, String name) {
        if (pattern.startsWith("*.")) {
            return name.length() > pattern.length() - 1 && name.endsWith(pattern.substring(1));
        }
        return pattern.equals(name);
    }
}
