package dev.ambit.identity.tls;

import java.io.Serial;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** A peer's certificate is on a revocation list, or no list speaks for it and one must. */
public final class PeerRevoked extends CertificateException {

    @Serial private static final long serialVersionUID = 1L;

    PeerRevoked(String reason) {
        super(reason);
    }

    /** Whether a handshake failed for this reason. */
    public static boolean isCauseOf(Throwable failure) {
        return reason(failure) != null;
    }

    /** The reason of a handshake that failed so; null if it failed otherwise. */
    public static @Nullable String reason(Throwable failure) {
        // Chains of causes are short, but may be rings.
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            if (cause instanceof PeerRevoked) {
                return cause.getMessage();
            }
            cause = cause.getCause();
        }
        return null;
    }
}
