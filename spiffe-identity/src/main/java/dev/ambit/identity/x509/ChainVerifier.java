package dev.ambit.identity.x509;

import dev.ambit.identity.Quoted;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what a peer or a CA sent against a bundle, as RFC 5280 section 6 asks: signatures,
 * validity, constraints. The chain must stand in order; no other path is searched, so a chain built
 * to make searching explode costs nothing. Revocation is not its business. Thread-safe.
 */
public final class ChainVerifier {

    /** Leaf, a few intermediates, perhaps the root: enough for every CA we know. */
    public static final int MAX_CERTIFICATES = 8;

    /** Of all certificates together. */
    public static final int MAX_BYTES = 64 * 1024;

    private final TrustBundle bundle;

    public ChainVerifier(TrustBundle bundle) {
        this.bundle = bundle;
    }

    /**
     * A chain that holds.
     *
     * @param notAfter the earliest end in the path, its root included: what was found holds until
     *     then
     * @param path what else it rests on, for a later look
     */
    public record Verified(
            SpiffeId id, BigInteger serial, Instant notAfter, CertificatePath path) {}

    /**
     * Checks the chain as of now.
     *
     * @param chain leaf first
     * @throws CertificateRejected with the reason
     */
    public Verified verify(List<X509Certificate> chain, Instant now) {
        checkSize(chain);
        X509Certificate leaf = chain.getFirst();
        SpiffeId id = SvidProfile.check(leaf);
        List<X509Certificate> path = withoutRoots(chain);
        X509Certificate root = anchor(path, now);
        return new Verified(
                id,
                leaf.getSerialNumber(),
                earliestEnd(path, root),
                CertificatePath.of(path, root));
    }

    /** The path alone, for certificates that are not a workload's. */
    public Instant verifyPath(List<X509Certificate> chain, Instant now) {
        checkSize(chain);
        List<X509Certificate> path = withoutRoots(chain);
        return earliestEnd(path, anchor(path, now));
    }

    /** The root the path reaches. */
    private X509Certificate anchor(List<X509Certificate> path, Instant now) {
        path.forEach(KeyStrength::check);
        try {
            PKIXParameters parameters = new PKIXParameters(anchors(now));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            PKIXCertPathValidatorResult result =
                    (PKIXCertPathValidatorResult)
                            CertPathValidator.getInstance("PKIX")
                                    .validate(
                                            CertificateFactory.getInstance("X.509")
                                                    .generateCertPath(path),
                                            parameters);
            return result.getTrustAnchor().getTrustedCert();
        } catch (CertPathValidatorException e) {
            throw new CertificateRejected("chain: " + reason(e), e);
        } catch (GeneralSecurityException e) {
            throw new CertificateRejected("chain: cannot be checked: " + e.getMessage(), e);
        }
    }

    private static void checkSize(List<X509Certificate> chain) {
        if (chain.isEmpty() || chain.size() > MAX_CERTIFICATES) {
            throw new CertificateRejected(
                    "chain: %d certificates (expected: 1-%d)"
                            .formatted(chain.size(), MAX_CERTIFICATES));
        }
        int bytes = 0;
        for (X509Certificate certificate : chain) {
            bytes += encoded(certificate).length;
        }
        if (bytes > MAX_BYTES) {
            throw new CertificateRejected(
                    "chain: %d bytes (expected: <= %d)".formatted(bytes, MAX_BYTES));
        }
    }

    /** Some peers send the root too; it vouches as an anchor or not at all. */
    private List<X509Certificate> withoutRoots(List<X509Certificate> chain) {
        int end = chain.size();
        while (end > 1 && bundle.roots().contains(chain.get(end - 1))) {
            end--;
        }
        return chain.subList(0, end);
    }

    /** RFC 5280 leaves the validity of anchors open; an expired root vouches for nobody here. */
    private Set<TrustAnchor> anchors(Instant now) {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate root : bundle.roots()) {
            if (!now.isBefore(root.getNotBefore().toInstant())
                    && !now.isAfter(root.getNotAfter().toInstant())) {
                anchors.add(new TrustAnchor(root, null));
            }
        }
        if (anchors.isEmpty()) {
            throw new CertificateRejected("chain: every root of the bundle is expired");
        }
        return anchors;
    }

    private static Instant earliestEnd(List<X509Certificate> path, X509Certificate root) {
        Instant end = root.getNotAfter().toInstant();
        for (X509Certificate certificate : path) {
            Instant its = certificate.getNotAfter().toInstant();
            end = its.isBefore(end) ? its : end;
        }
        return end;
    }

    private static String reason(CertPathValidatorException e) {
        String at = e.getIndex() < 0 ? "" : " (certificate %d)".formatted(e.getIndex());
        return switch (e.getReason()) {
            case CertPathValidatorException.BasicReason.EXPIRED -> "certificate has expired" + at;
            case CertPathValidatorException.BasicReason.NOT_YET_VALID ->
                    "certificate is not valid yet" + at;
            case java.security.cert.PKIXReason.NO_TRUST_ANCHOR ->
                    "unknown issuer: reaches no root of the trust bundle";
            // Messages of the JDK may quote the certificate.
            default -> e.getReason() + at + ": " + Quoted.of(String.valueOf(e.getMessage()));
        };
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new CertificateRejected("chain: certificate cannot be read", e);
        }
    }
}
