package dev.ambit.identity.revocation;

import java.io.Serial;

/** A revocation list that is not used, and why. */
final class RevocationProblem extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    RevocationProblem(String reason) {
        super(reason);
    }

    RevocationProblem(String reason, Throwable cause) {
        super(reason, cause);
    }
}
