package dev.ambit.identity.x509;

import dev.ambit.identity.Quoted;
import dev.ambit.identity.SpiffeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The profile of a leaf that speaks for a workload, X509-SVID sections 2-4: exactly one URI SAN
 * which is a SPIFFE id, no authority of its own, usable for signatures and on both sides of TLS.
 * Stricter than Istio, which skips SANs it does not understand.
 */
final class SvidProfile {

    private static final int URI_NAME = 6;
    private static final int KU_DIGITAL_SIGNATURE = 0;
    private static final int KU_KEY_CERT_SIGN = 5;
    private static final int KU_CRL_SIGN = 6;
    private static final String EKU_SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String EKU_CLIENT = "1.3.6.1.5.5.7.3.2";

    private SvidProfile() {}

    /** The id of the leaf, if it is one. */
    static SpiffeId check(X509Certificate leaf) {
        if (leaf.getBasicConstraints() != -1) {
            throw new CertificateRejected("leaf: CA=true (expected: false)");
        }
        checkKeyUsage(leaf.getKeyUsage());
        checkExtendedKeyUsage(leaf);
        return id(leaf);
    }

    private static void checkKeyUsage(boolean @org.jspecify.annotations.Nullable [] usage) {
        if (usage == null || !usage[KU_DIGITAL_SIGNATURE]) {
            throw new CertificateRejected("leaf: key usage without digitalSignature");
        }
        if (usage[KU_KEY_CERT_SIGN] || usage[KU_CRL_SIGN]) {
            throw new CertificateRejected(
                    "leaf: key usage of an authority (keyCertSign or cRLSign)");
        }
    }

    private static void checkExtendedKeyUsage(X509Certificate leaf) {
        try {
            List<String> usages = leaf.getExtendedKeyUsage();
            // X509-SVID section 4.4: it may be absent; when present, both must be there.
            if (usages != null && !(usages.contains(EKU_SERVER) && usages.contains(EKU_CLIENT))) {
                throw new CertificateRejected(
                        "leaf: extended key usage %s (expected: serverAuth and clientAuth)"
                                .formatted(usages));
            }
        } catch (CertificateParsingException e) {
            throw new CertificateRejected("leaf: extended key usage cannot be read", e);
        }
    }

    private static SpiffeId id(X509Certificate leaf) {
        List<String> uris = uriNames(leaf);
        if (uris.size() != 1) {
            throw new CertificateRejected(
                    "leaf: %d URI SANs (expected: exactly one SPIFFE id)".formatted(uris.size()));
        }
        try {
            return SpiffeId.parse(uris.getFirst());
        } catch (IllegalArgumentException e) {
            throw new CertificateRejected("leaf: " + e.getMessage(), e);
        }
    }

    private static List<String> uriNames(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            String why = e.getMessage() == null ? "" : ": " + Quoted.of(e.getMessage());
            throw new CertificateRejected("leaf: SANs cannot be read" + why, e);
        }
        List<String> uris = new ArrayList<>();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer type
                        && type == URI_NAME
                        && name.get(1) instanceof String uri) {
                    uris.add(uri);
                }
            }
        }
        return uris;
    }
}
