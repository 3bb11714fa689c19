package dev.ambit.client.channel;

import io.netty.util.NetUtil;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whether a server certificate is for one of the names we called (RFC 9525): DNS SANs with a star
 * for one whole leftmost label at most, IP SANs for addresses; never the subject.
 */
record ServerNames(List<String> accepted) {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    ServerNames {
        accepted = accepted.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
    }

    void check(X509Certificate certificate) throws CertificateException {
        List<String> presented = new ArrayList<>();
        for (List<?> name : names(certificate)) {
            if (name.get(0) instanceof Integer type
                    && name.get(1) instanceof String value
                    && (type == DNS_NAME || type == IP_ADDRESS)) {
                presented.add(value);
                if (accepted.stream().anyMatch(wanted -> matches(type, value, wanted))) {
                    return;
                }
            }
        }
        throw new CertificateException(
                "istiod's certificate is for %s (expected: %s)".formatted(presented, accepted));
    }

    private static Collection<List<?>> names(X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }

    private static boolean matches(int type, String presented, String wanted) {
        boolean address = isAddress(wanted);
        if (type == IP_ADDRESS) {
            return address
                    && Arrays.equals(
                            NetUtil.createByteArrayFromIpAddressString(presented),
                            NetUtil.createByteArrayFromIpAddressString(wanted));
        }
        return !address && dnsMatches(presented.toLowerCase(Locale.ROOT), wanted);
    }

    private static boolean dnsMatches(String presented, String wanted) {
        if (!presented.startsWith("*.")) {
            return presented.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        return dot > 0
                && presented.indexOf('*', 1) < 0
                && presented.substring(1).equals(wanted.substring(dot));
    }

    private static boolean isAddress(String name) {
        return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }
}
