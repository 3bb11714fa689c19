package dev.ambit.identity.tls;

import dev.ambit.identity.x509.WorkloadCertificate;

/**
 * Contexts of mesh TLS (ambient.md 1.14): TLS 1.3 by BoringSSL, ALPN {@code h2}, certificates on
 * both sides, no SNI, no resumption. The chain of a peer is checked inside the handshake; who the
 * peer is, right after it, by {@link PeerVerifier}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class MeshTls {

    private MeshTls() {}

    /** Costs milliseconds: called off the data loops. */
    public static TlsContexts contexts(WorkloadCertificate certificate, TlsPolicy policy) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Contexts that fail every handshake: what serves while there is no certificate. */
    public static TlsContexts refusing() {
        throw new UnsupportedOperationException("not built yet");
    }
}
