package dev.ambit.ztunnel.policy;

import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.tls.SessionFacts;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An open connection that rests on trust between peers, with no tunnel that would show it. */
public interface Trusting {

    /** Ends it if it may not go on. On its loop. */
    void cut(Cut cut);

    /**
     * Peers that are trusted no more.
     *
     * @param whom by what is known of a peer
     * @param counted told of each side that cuts
     */
    record Cut(
            Predicate<SessionFacts> whom,
            ConnectionFailure reason,
            Consumer<Revocation.Side> counted) {}
}
