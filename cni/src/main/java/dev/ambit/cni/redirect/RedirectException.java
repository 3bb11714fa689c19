package dev.ambit.cni.redirect;

/** Rules could not be read or changed: what, where, why, and what to do, in one line. */
public final class RedirectException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    RedirectException(String code, String message) {
        super(code + " " + message);
        this.code = code;
    }

    /** AMB15xx. */
    public String code() {
        return code;
    }
}
