package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.tls.PeerVerdict.Rejected;
import dev.ambit.identity.tls.PeerVerdict.Trusted;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;

/**
 * Judges who a peer is, right after its handshake and before any byte: the chain was checked inside
 * the handshake, here it is the name.
 */
public final class PeerVerifier {

    private PeerVerifier() {}

    /** As client: the peer's only URI SAN equals one of the expected ids; no ids, no trust. */
    public static PeerVerdict client(SSLSession session, List<SpiffeId> expected) {
        if (expected.isEmpty()) {
            // reliability.md A14: unknown is never "any".
            return new Rejected("no identity is expected of the peer");
        }
        SessionFacts facts = SessionFacts.of(session);
        return facts == null ? noIdentity() : client(facts, expected);
    }

    static PeerVerdict client(SessionFacts facts, List<SpiffeId> expected) {
        if (facts.lists().revoked(facts.path())) {
            // Listed between the check of the chain and the end of the handshake.
            return new Rejected("peer certificate revoked by CRL");
        }
        PeerIdentity peer = facts.peer();
        if (!expected.contains(peer.id())) {
            String wanted = expected.stream().map(SpiffeId::uri).collect(Collectors.joining(", "));
            return new Rejected(
                    "peer did not present the expected SAN (%s), got %s"
                            .formatted(wanted, peer.id().uri()));
        }
        return new Trusted(peer);
    }

    /** As server: the peer's trust domain is our own. */
    public static PeerVerdict server(SSLSession session, TrustDomain own) {
        SessionFacts facts = SessionFacts.of(session);
        return facts == null ? noIdentity() : server(facts, own);
    }

    static PeerVerdict server(SessionFacts facts, TrustDomain own) {
        if (facts.lists().revoked(facts.path())) {
            // Listed between the check of the chain and the end of the handshake.
            return new Rejected("peer certificate revoked by CRL");
        }
        PeerIdentity peer = facts.peer();
        if (!peer.id().trustDomain().equals(own)) {
            return new Rejected(
                    "peer did not present the expected trustdomain"
                            + " (%s), got %s".formatted(own.name(), peer.id().uri()));
        }
        return new Trusted(peer);
    }

    /** The session was not made by {@link MeshTls}, or its handshake is not over. */
    private static PeerVerdict noIdentity() {
        return new Rejected("peer presented no verified identity");
    }
}
