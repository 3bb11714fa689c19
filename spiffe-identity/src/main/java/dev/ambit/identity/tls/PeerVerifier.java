package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import java.util.List;
import javax.net.ssl.SSLSession;

/**
 * Judges who a peer is, right after its handshake and before any byte: the chain was checked inside
 * the handshake, here it is the name.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class PeerVerifier {

    private PeerVerifier() {}

    /** As client: the peer's only URI SAN equals one of the expected ids; no ids, no trust. */
    public static PeerVerdict client(SSLSession session, List<SpiffeId> expected) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** As server: the peer's trust domain is our own. */
    public static PeerVerdict server(SSLSession session, TrustDomain own) {
        throw new UnsupportedOperationException("not built yet");
    }
}
