package dev.ambit.ztunnel.inpod;

import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.identity.tls.SessionFacts;
import dev.ambit.ztunnel.policy.Trusting;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;

/**
 * Breaks a pod's connections with peers who may not go on: tunnels with all they carry, and what
 * took the short cut. Any thread.
 */
final class UntrustedCuts implements SessionCuts.Owner {

    private final Revocation lists;
    private final List<PodProxy.Share> shares;

    UntrustedCuts(Revocation lists, List<PodProxy.Share> shares) {
        this.lists = lists;
        this.shares = shares;
    }

    @Override
    public void cut(SessionCuts.Why why, Predicate<SessionFacts> whom) {
        ConnectionFailure reason =
                switch (why) {
                    case REVOKED -> ConnectionFailure.REVOKED;
                    case ROOT_REMOVED -> ConnectionFailure.ROOT_REMOVED;
                    case EXPIRED -> ConnectionFailure.EXPIRED;
                };
        Predicate<SSLSession> sessions = SessionFacts.ofSession(whom);
        for (PodProxy.Share share : shares) {
            share.inbound()
                    .server()
                    .closeWhere(
                            sessions.and(met -> counted(why, Revocation.Side.DESTINATION)),
                            reason.text());
            share.pod()
                    .loop()
                    .execute(
                            () -> {
                                share.pool()
                                        .closeWhere(
                                                sessions.and(
                                                        met ->
                                                                counted(
                                                                        why,
                                                                        Revocation.Side.SOURCE)),
                                                reason.text());
                                share.pod()
                                        .tracker()
                                        .cutUntrusted(
                                                new Trusting.Cut(
                                                        whom, reason, side -> counted(why, side)));
                            });
        }
    }

    private boolean counted(SessionCuts.Why why, Revocation.Side side) {
        if (why == SessionCuts.Why.REVOKED) {
            lists.cut(side);
        }
        return true;
    }
}
