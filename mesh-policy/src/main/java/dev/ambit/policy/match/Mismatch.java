package dev.ambit.policy.match;

import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;

/** The first field of a match that a connection does not meet, in the order they are compared. */
public enum Mismatch {
    EMPTY("the match asks nothing, so it never matches"),
    NO_IDENTITY("an ALLOW that excludes peers never lets in one without identity"),
    PORTS("destination port %3$s is not among destinationPorts"),
    NOT_PORTS("destination port %3$s is among notDestinationPorts"),
    NAMESPACES("source namespace \"%1$s\" is not among namespaces"),
    NOT_NAMESPACES("source namespace \"%1$s\" is among notNamespaces"),
    ACCOUNTS("the source, %2$s, is not among serviceAccounts"),
    NOT_ACCOUNTS("the source, %2$s, is among notServiceAccounts"),
    PRINCIPALS("the source, %2$s, is not among principals"),
    NOT_PRINCIPALS("the source, %2$s, is among notPrincipals"),
    SOURCES("source address %4$s is not in sourceIps"),
    NOT_SOURCES("source address %4$s is in notSourceIps"),
    DESTINATIONS("destination address %5$s is not in destinationIps"),
    NOT_DESTINATIONS("destination address %5$s is in notDestinationIps");

    private final String words;

    Mismatch(String words) {
        this.words = words;
    }

    /** In a sentence about that connection. */
    public String in(ConnectionFacts connection) {
        SpiffeId identity = connection.identity();
        return words.formatted(
                connection.sourceNamespace(),
                identity == null ? "without identity" : identity.principal(),
                connection.destination().port(),
                connection.source().address(),
                connection.destination().address());
    }
}
