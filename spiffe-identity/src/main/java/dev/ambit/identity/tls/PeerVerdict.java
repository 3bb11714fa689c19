package dev.ambit.identity.tls;

/** Whether a peer with a good chain is the one we want. */
public sealed interface PeerVerdict {

    record Trusted(PeerIdentity peer) implements PeerVerdict {}

    /**
     * The reason is for our log, in the words of ambient.md 1.5 that follow {@code identity
     * verification error:}; the peer never sees it.
     */
    record Rejected(String reason) implements PeerVerdict {}
}
