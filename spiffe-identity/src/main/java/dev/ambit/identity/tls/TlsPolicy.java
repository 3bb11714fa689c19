package dev.ambit.identity.tls;

import dev.ambit.runtime.config.EnvReader;
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

    /** Only the post-quantum hybrid. */
    public static final TlsPolicy PQC = new TlsPolicy(List.of("X25519MLKEM768"), false);

    public TlsPolicy {
        groups = List.copyOf(groups);
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("TLS groups: none (expected: at least one)");
        }
    }

    /**
     * Reads {@code COMPLIANCE_POLICY} ({@code pqc} or nothing) and {@code TLS12_ENABLED}. FIPS is
     * refused: BoringSSL cannot leave out ChaCha20, so the promise could not be kept.
     */
    public static TlsPolicy from(EnvReader env) {
        boolean tls12 = env.flag("TLS12_ENABLED", false);
        String compliance = env.text("COMPLIANCE_POLICY", "");
        return switch (compliance) {
            case "" -> new TlsPolicy(DEFAULT.groups(), tls12);
            case "pqc" -> {
                if (tls12) {
                    env.problem("TLS12_ENABLED", "true", "false with COMPLIANCE_POLICY=pqc");
                }
                yield PQC;
            }
            default -> {
                env.problem(
                        "COMPLIANCE_POLICY",
                        compliance,
                        "pqc or unset; FIPS modes need a TLS provider that can restrict suites");
                yield DEFAULT;
            }
        };
    }
}
