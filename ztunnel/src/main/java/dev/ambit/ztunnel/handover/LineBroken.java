package dev.ambit.ztunnel.handover;

/** The other process closed, fell silent, or said what cannot be understood. */
final class LineBroken extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean closed;

    LineBroken(String reason) {
        this(reason, false);
    }

    private LineBroken(String reason, boolean closed) {
        super(reason);
        this.closed = closed;
    }

    /** The socket is closed without a word: the other process has died. */
    static LineBroken byItsEnd() {
        return new LineBroken("the other process has closed", true);
    }

    boolean isClosed() {
        return closed;
    }
}
