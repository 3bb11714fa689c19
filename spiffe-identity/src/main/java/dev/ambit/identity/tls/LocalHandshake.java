package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation.Side;
import java.security.cert.CertificateException;
import java.util.List;

/**
 * What a handshake between two certificates of this process would have found, without the
 * handshake: both keys are ours, so there is nothing to prove, but everything to judge. The same
 * functions answer as inside TLS.
 */
public sealed interface LocalHandshake {

    /**
     * Each has accepted the other.
     *
     * @param server what the client knows of it
     * @param client what the server knows of it
     */
    record Met(SessionFacts server, SessionFacts client) implements LocalHandshake {

        /** Whether both would still be let through: lists may have changed since. */
        public boolean stillHolds() {
            return !client.lists().revoked(client.path()) && !server.lists().revoked(server.path());
        }
    }

    /**
     * One has refused the other.
     *
     * @param by who did
     * @param what was wrong
     * @param reason in the words of a handshake's failure
     */
    record Refused(Side by, Fault what, String reason) implements LocalHandshake {}

    /** What a refusal is about. */
    enum Fault {
        /** The chain does not hold under the other's bundle, or one of the two has none. */
        CHAIN,
        /** The chain is on a revocation list, or on none where one is needed. */
        REVOKED,
        /** A good chain of somebody else. */
        IDENTITY
    }

    /** Asks both, in the order of a handshake. Microseconds for chains that were seen before. */
    static LocalHandshake between(TlsContexts client, TlsContexts server, List<SpiffeId> expected) {
        if (expected.isEmpty()) {
            // reliability.md A14: unknown is never "any".
            return new Refused(Side.SOURCE, Fault.IDENTITY, "no identity is expected of the peer");
        }
        LocalParty one = client.party();
        LocalParty other = server.party();
        if (one == null || other == null) {
            Side without = one == null ? Side.SOURCE : Side.DESTINATION;
            return new Refused(without, Fault.CHAIN, "no certificate");
        }
        Side side = Side.SOURCE;
        try {
            SessionFacts ofServer = one.trust().judge(other.shown(), side);
            if (PeerVerifier.client(ofServer, expected)
                    instanceof PeerVerdict.Rejected(String reason)) {
                return new Refused(side, Fault.IDENTITY, reason);
            }
            side = Side.DESTINATION;
            SessionFacts ofClient = other.trust().judge(one.shown(), side);
            if (PeerVerifier.server(ofClient, server.id().trustDomain())
                    instanceof PeerVerdict.Rejected(String reason)) {
                return new Refused(side, Fault.IDENTITY, reason);
            }
            return new Met(ofServer, ofClient);
        } catch (CertificateException untrusted) {
            String revoked = PeerRevoked.reason(untrusted);
            return revoked == null
                    ? new Refused(side, Fault.CHAIN, String.valueOf(untrusted.getMessage()))
                    : new Refused(side, Fault.REVOKED, revoked);
        }
    }
}
