package dev.ambit.identity.ca;

import java.io.Serial;

/** The authority's key cannot be used: code, what, where, why, and what to do about it. */
public final class CaProblem extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    CaProblem(String message) {
        super(message);
    }

    CaProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
