package dev.ambit.identity.x509;

import java.io.Serial;

/** A certificate, chain or request that is not used, and why. */
public final class CertificateRejected extends IllegalArgumentException {

    @Serial private static final long serialVersionUID = 1L;

    public CertificateRejected(String reason) {
        super(reason);
    }

    public CertificateRejected(String reason, Throwable cause) {
        super(reason, cause);
    }
}
