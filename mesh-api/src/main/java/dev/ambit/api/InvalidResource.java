package dev.ambit.api;

/**
 * A resource that cannot be taken as it is. The message says which field, what it holds and what is
 * expected; it goes back to the control plane with the name of the resource.
 */
public final class InvalidResource extends Exception {

    private static final long serialVersionUID = 1L;

    public InvalidResource(String reason) {
        super(reason, null, false, false);
    }

    /** For records, which check what they are given. */
    public static InvalidResource because(IllegalArgumentException e) {
        String message = e.getMessage();
        return new InvalidResource(message == null ? "invalid value" : message);
    }

    /** Never null here, unlike that of a general exception. */
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
