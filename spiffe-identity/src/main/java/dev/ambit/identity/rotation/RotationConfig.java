package dev.ambit.identity.rotation;

import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.identity.tls.TlsPolicy;
import java.time.Duration;

/**
 * Numbers of {@link CertificateRotation}.
 *
 * @param ttl asked for, SECRET_TTL
 * @param concurrency requests at the signer at once
 * @param cuts told when a bundle loses roots; has the revocation lists that peers are judged by
 */
public record RotationConfig(Duration ttl, int concurrency, TlsPolicy tls, SessionCuts cuts) {

    private static final SessionCuts NO_CUTS = new SessionCuts(Revocation.OFF);

    public static final RotationConfig DEFAULT =
            new RotationConfig(Duration.ofHours(24), 8, TlsPolicy.DEFAULT);

    /** Without revocation lists. */
    public RotationConfig(Duration ttl, int concurrency, TlsPolicy tls) {
        this(ttl, concurrency, tls, NO_CUTS);
    }

    public RotationConfig {
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "certificate TTL: %s (expected: >= 1s)".formatted(ttl));
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "certificate requests at once: %d (expected: >= 1)".formatted(concurrency));
        }
    }

    /** The same numbers, with somebody to tell of connections that may not go on. */
    public RotationConfig with(SessionCuts others) {
        return new RotationConfig(ttl, concurrency, tls, others);
    }
}
