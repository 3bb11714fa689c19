package dev.ambit.demo.bed;

/** Something a person must know about: what, where, why and what to do, with its AMB16xx code. */
public final class BedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BedException(String message) {
        super(message);
    }

    public BedException(String message, Throwable cause) {
        super(message, cause);
    }
}
