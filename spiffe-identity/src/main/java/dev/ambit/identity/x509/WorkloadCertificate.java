package dev.ambit.identity.x509;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A certificate that may be shown to peers: the leaf fits the key and the id, the chain reaches the
 * bundle, it is valid now. Made only by {@link #of}, which refuses everything else.
 */
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
        return read(id, key, elements, now, leaf -> KeyPairs.check(key, leaf));
    }

    /** The answer to a request of our own: its key needs no proof, only comparison. */
    public static WorkloadCertificate of(
            SigningRequest request, List<String> elements, Instant now) {
        return read(
                request.id(),
                request.key(),
                elements,
                now,
                leaf -> KeyPairs.checkSame(request.publicKey(), leaf));
    }

    private static WorkloadCertificate read(
            SpiffeId id,
            PrivateKey key,
            List<String> elements,
            Instant now,
            Consumer<PublicKey> keyCheck) {
        if (elements.size() < 2) {
            throw new CertificateRejected(
                    "CA response: %d elements (expected: leaf, intermediates, root bundle)"
                            .formatted(elements.size()));
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            elements.subList(0, elements.size() - 1)
                    .forEach(element -> chain.addAll(Pem.certificates(element)));
            TrustBundle bundle = TrustBundle.parsePem(elements.getLast());
            ChainVerifier.Verified verified = new ChainVerifier(bundle).verify(chain, now);
            if (!verified.id().equals(id)) {
                throw new CertificateRejected(
                        "leaf: SAN %s (expected: %s)".formatted(verified.id(), id));
            }
            keyCheck.accept(chain.getFirst().getPublicKey());
            return new WorkloadCertificate(id, key, chain, bundle);
        } catch (CertificateRejected e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new CertificateRejected("CA response: " + e.getMessage(), e);
        }
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
        return notBefore().plus(Duration.between(notBefore(), notAfter()).dividedBy(2));
    }

    /** The key stays out of logs. */
    @Override
    public String toString() {
        return "WorkloadCertificate[%s serial %s until %s]".formatted(id, serial(), notAfter());
    }
}
