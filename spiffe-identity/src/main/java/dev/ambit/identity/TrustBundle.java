package dev.ambit.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The roots that vouch for a trust domain: at least one, each once, in the order given. Several
 * while a root is being replaced.
 */
public record TrustBundle(List<X509Certificate> roots) {

    /** More roots than any rotation needs; bounds the work of one handshake. */
    private static final int MAX_ROOTS = 64;

    public TrustBundle {
        roots = List.copyOf(new LinkedHashSet<>(roots));
        if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
            throw new IllegalArgumentException(
                    "trust bundle: %d roots (expected: 1-%d)".formatted(roots.size(), MAX_ROOTS));
        }
    }

    /** Reads concatenated PEM certificates. */
    public static TrustBundle parsePem(String pem) {
        return new TrustBundle(Pem.certificates(pem));
    }

    /** The bundle as one PEM text, as in {@code root-cert.pem}. */
    public String pem() {
        StringBuilder out = new StringBuilder();
        roots.forEach(root -> out.append(Pem.encode(root)));
        return out.toString();
    }

    /** Equal for equal roots in any order: what was verified under one holds under the other. */
    public String generation() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String root : roots.stream().map(TrustBundle::fingerprint).sorted().toList()) {
                digest.update(HexFormat.of().parseHex(root));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate: cannot be encoded", e);
        }
    }
}
