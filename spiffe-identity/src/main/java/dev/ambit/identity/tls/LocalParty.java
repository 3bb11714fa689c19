package dev.ambit.identity.tls;

import dev.ambit.identity.x509.WorkloadCertificate;
import java.security.cert.X509Certificate;

/** A certificate of this process as others of it meet it: what it shows, and whom it believes. */
final class LocalParty {
    private final X509Certificate[] shown;
    private final BundleTrust trust;

    LocalParty(WorkloadCertificate certificate, BundleTrust trust) {
        this.shown = certificate.chain().toArray(X509Certificate[]::new);
        this.trust = trust;
    }

    X509Certificate[] shown() {
        return shown;
    }

    BundleTrust trust() {
        return trust;
    }
}
