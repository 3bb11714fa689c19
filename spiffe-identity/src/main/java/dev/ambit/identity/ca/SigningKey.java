package dev.ambit.identity.ca;

import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/**
 * The key of the authority and what vouches for it.
 *
 * @param chain the signer's own certificate first, then intermediates; no root unless it signs
 *     itself
 * @param bundle the roots handed out
 */
@SuppressWarnings("DoNotCallSuggester")
public record SigningKey(PrivateKey key, List<X509Certificate> chain, TrustBundle bundle) {

    public SigningKey {
        chain = List.copyOf(chain);
    }

    /** The self-signed root of a store directory, made there at first. */
    public static SigningKey selfSigned(Path store, TrustDomain trustDomain, Clock clock) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Istio's {@code cacerts}: ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem. */
    public static SigningKey plugIn(Path cacerts, Clock clock) {
        throw new UnsupportedOperationException("not built yet");
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }
}
