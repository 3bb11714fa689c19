package dev.ambit.identity.x509;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that may be shown to peers: the leaf fits the key and the id, the chain reaches the
 * bundle, it is valid now. Made only by {@link #of}, which refuses everything else.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class WorkloadCertificate {

    private final SpiffeId id;
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final TrustBundle bundle;

    private WorkloadCertificate(
            SpiffeId id, PrivateKey key, List<X509Certificate> chain, TrustBundle bundle) {
        this.id = id;
        this.key = key;
        this.chain = List.copyOf(chain);
        this.bundle = bundle;
    }

    /**
     * Checks the answer of a CA as of now.
     *
     * @param elements as in the response: leaf, intermediates, the root bundle as last element
     * @throws CertificateRejected with the reason
     */
    public static WorkloadCertificate of(SpiffeId id, PrivateKey key, List<String> elements) {
        return of(id, key, elements, Instant.now());
    }

    /** Checks the answer of a CA as of a given time. */
    public static WorkloadCertificate of(
            SpiffeId id, PrivateKey key, List<String> elements, Instant now) {
        throw new UnsupportedOperationException("not built yet");
    }

    public SpiffeId id() {
        return id;
    }

    public PrivateKey key() {
        return key;
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Leaf and intermediates, as sent to peers; no root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    public TrustBundle bundle() {
        return bundle;
    }

    public BigInteger serial() {
        return leaf().getSerialNumber();
    }

    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /** Half of its life. */
    public Instant refreshAt() {
        return notBefore().plus(java.time.Duration.between(notBefore(), notAfter()).dividedBy(2));
    }
}
