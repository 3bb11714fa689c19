package dev.ambit.identity.rotation;

import dev.ambit.identity.tls.TlsPolicy;
import java.time.Duration;

/**
 * Numbers of {@link CertificateRotation}.
 *
 * @param ttl asked for, SECRET_TTL
 * @param concurrency requests at the signer at once
 */
public record RotationConfig(Duration ttl, int concurrency, TlsPolicy tls) {

    public static final RotationConfig DEFAULT =
            new RotationConfig(Duration.ofHours(24), 8, TlsPolicy.DEFAULT);

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
}
