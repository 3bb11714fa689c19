package dev.ambit.ztunnel.inpod;

/** The node agent broke the protocol: what it means cannot be guessed, so the process ends. */
final class ZdsViolation extends Exception {
    private static final long serialVersionUID = 1L;

    ZdsViolation(String message) {
        super(message);
    }
}
