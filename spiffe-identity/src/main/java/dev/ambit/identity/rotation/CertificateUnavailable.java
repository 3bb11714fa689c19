package dev.ambit.identity.rotation;

import java.io.Serial;

/** No certificate in time, and why. */
public final class CertificateUnavailable extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    public CertificateUnavailable(String reason) {
        super(reason);
    }
}
