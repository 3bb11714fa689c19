package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.x509.CertificatePath;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import javax.security.auth.x500.X500Principal;

/**
 * Tells the owners of open connections which of them may not go on: what was right at their
 * handshake no longer is. Thread-safe; owners are told on the thread that brought the change.
 */
public final class SessionCuts {

    /** Why connections are cut. */
    public enum Why {
        /** The peer's chain is on a revocation list. */
        REVOKED,
        /** The root that vouched for the peer has left the trust bundle (reliability.md A10). */
        ROOT_REMOVED,
        /** A certificate of either side has ended, and that is to count. */
        EXPIRED
    }

    /** Who has open connections. */
    public interface Owner {
        /** Closes those whose facts match; the predicate may be asked on any thread. */
        void cut(Why why, Predicate<SessionFacts> whom);
    }

    private final Revocation revocation;
    private final List<Owner> owners = new CopyOnWriteArrayList<>();

    public SessionCuts(Revocation revocation) {
        this.revocation = revocation;
        revocation.onChange(this::listsChanged);
    }

    /** What new handshakes are judged by. */
    public Revocation revocation() {
        return revocation;
    }

    public void add(Owner owner) {
        owners.add(owner);
    }

    public void remove(Owner owner) {
        owners.remove(owner);
    }

    private void listsChanged(Set<X500Principal> issuers) {
        if (!issuers.isEmpty()) {
            cut(
                    Why.REVOKED,
                    facts -> touches(facts.path(), issuers) && revocation.revoked(facts.path()));
        }
    }

    private static boolean touches(CertificatePath path, Set<X500Principal> issuers) {
        for (CertificatePath.Link link : path.links()) {
            if (issuers.contains(link.issuer())) {
                return true;
            }
        }
        return false;
    }

    /** An identity of ours got a bundle that lacks roots its last one had. */
    public void rootsRemoved(SpiffeId own, TrustBundle left) {
        cut(
                Why.ROOT_REMOVED,
                facts -> facts.own().equals(own) && !left.roots().contains(facts.path().root()));
    }

    /** Cuts what has ended by now. */
    public void expired(Instant now) {
        cut(Why.EXPIRED, facts -> facts.until().isBefore(now));
    }

    private void cut(Why why, Predicate<SessionFacts> whom) {
        for (Owner owner : owners) {
            owner.cut(why, whom);
        }
    }
}
