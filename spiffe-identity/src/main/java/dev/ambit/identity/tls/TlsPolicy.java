package dev.ambit.identity.tls;

import java.util.List;

/**
 * What the mesh offers in a handshake.
 *
 * @param groups key exchange, most wanted first, by BoringSSL's names
 * @param tls12 whether TLS 1.2 with ECDHE AES-GCM suites is offered beside 1.3
 */
public record TlsPolicy(List<String> groups, boolean tls12) {

    public static final TlsPolicy DEFAULT =
            new TlsPolicy(List.of("X25519MLKEM768", "X25519", "P-256"), false);

    public TlsPolicy {
        groups = List.copyOf(groups);
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("TLS groups: none (expected: at least one)");
        }
    }
}
