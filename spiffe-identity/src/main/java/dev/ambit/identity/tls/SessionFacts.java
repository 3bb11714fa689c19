package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.x509.CertificatePath;
import java.time.Instant;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake found, kept in its session for as long as the connection lives.
 *
 * @param peer who is on the other side
 * @param path what that rests on
 * @param own who we said we are
 * @param until when the first certificate of either side ends
 * @param lists what the peer was judged by
 */
public record SessionFacts(
        PeerIdentity peer, CertificatePath path, SpiffeId own, Instant until, Revocation lists) {

    private static final String KEY = "dev.ambit.identity.facts";

    /**
     * The facts of a session; null if {@link MeshTls} did not make it or its handshake is not over.
     */
    public static @Nullable SessionFacts of(SSLSession session) {
        return session.getValue(KEY) instanceof SessionFacts facts ? facts : null;
    }

    /** Whether a session's facts match; one that has none does not. */
    public static Predicate<SSLSession> ofSession(Predicate<SessionFacts> whom) {
        return session -> {
            SessionFacts facts = of(session);
            return facts != null && whom.test(facts);
        };
    }

    void into(SSLSession session) {
        session.putValue(KEY, this);
    }
}
