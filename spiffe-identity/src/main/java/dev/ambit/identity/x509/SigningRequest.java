package dev.ambit.identity.x509;

import dev.ambit.identity.SpiffeId;
import java.security.PrivateKey;

/**
 * A PKCS#10 request for one id: fresh P-256 key, empty subject, one URI SAN. The key never leaves
 * the process.
 */
@SuppressWarnings("DoNotCallSuggester")
public record SigningRequest(SpiffeId id, PrivateKey key, String csrPem) {

    public static SigningRequest create(SpiffeId id) {
        throw new UnsupportedOperationException("not built yet");
    }
}
