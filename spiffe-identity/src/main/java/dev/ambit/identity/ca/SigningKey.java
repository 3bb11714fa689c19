package dev.ambit.identity.ca;

import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.KeyPairs;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The key of the authority and what vouches for it.
 *
 * @param chain the signer's own certificate first, then intermediates towards a root
 * @param bundle the roots handed out
 */
public record SigningKey(PrivateKey key, List<X509Certificate> chain, TrustBundle bundle) {

    private static final int KU_KEY_CERT_SIGN = 5;

    public SigningKey {
        chain = List.copyOf(chain);
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /**
     * What goes between a leaf and the bundle: the chain without the certificates that are roots.
     */
    public List<X509Certificate> intermediates() {
        return chain.stream().filter(c -> !bundle.roots().contains(c)).toList();
    }

    /** No leaf may outlive this. */
    public Instant notAfter() {
        return chain.stream()
                .map(c -> c.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /**
     * Refuses a key that could not issue anything peers would accept.
     *
     * @throws CertificateRejected with the reason
     */
    void check(Instant now) {
        X509Certificate own = certificate();
        if (own.getBasicConstraints() < 0) {
            throw new CertificateRejected("signing certificate: CA=false (expected: true)");
        }
        boolean[] usage = own.getKeyUsage();
        if (usage != null && !usage[KU_KEY_CERT_SIGN]) {
            throw new CertificateRejected("signing certificate: key usage without keyCertSign");
        }
        KeyPairs.check(key, own.getPublicKey());
        new ChainVerifier(bundle).verifyPath(chain, now);
    }

    /** The key stays out of logs. */
    @Override
    public String toString() {
        return "SigningKey[%s until %s]"
                .formatted(certificate().getSubjectX500Principal(), notAfter());
    }
}
