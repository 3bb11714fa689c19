package dev.ambit.ztunnel.dns;

/** Bytes that are no DNS message. Says what and where; carries no stack, peers may cause many. */
final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1;

    MalformedMessage(String message) {
        super(message, null, false, false);
    }
}
