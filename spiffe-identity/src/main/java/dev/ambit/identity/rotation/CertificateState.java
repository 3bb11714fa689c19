package dev.ambit.identity.rotation;

import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.identity.x509.WorkloadCertificate;

/** What a handshake may find. */
public sealed interface CertificateState {

    /** Asked for, not here yet: wait, bounded, then refuse. */
    record Fetching() implements CertificateState {}

    /** Usable until it expires, also while its successor is being fetched. */
    record Ready(WorkloadCertificate certificate, TlsContexts contexts)
            implements CertificateState {}

    /** None, or none any more; still being tried. Handshakes are refused. */
    record Unavailable(String reason) implements CertificateState {}
}
