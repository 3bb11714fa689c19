package dev.ambit.identity.ca;

import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.runtime.log.Log;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps the authority's key current: looks at where it came from every so often and takes what is
 * there when it can be used; else the last good key stays. Looks rather than listens, because
 * mounted secrets change by swapping links. Runs on the executor handed in.
 */
public final class CaReload implements AutoCloseable {

    private static final Log LOG = Log.get("ca");

    private final CertificateAuthority authority;
    private final Supplier<SigningKey> source;
    private final Clock clock;
    private final boolean newRoots;
    private String lastProblem = "";
    private final ScheduledFuture<?> timer;

    private CaReload(
            CertificateAuthority authority,
            Supplier<SigningKey> source,
            Rules rules,
            ScheduledExecutorService executor,
            Clock clock) {
        this.authority = authority;
        this.source = source;
        this.newRoots = rules.newRoots();
        this.clock = clock;
        long millis = rules.every().toMillis();
        this.timer =
                executor.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * How to look.
     *
     * @param newRoots whether a signer under a root that proxies were not told of before is taken
     */
    public record Rules(Duration every, boolean newRoots) {
        public static final Rules DEFAULT = new Rules(Duration.ofSeconds(2), false);
    }

    /** Follows a plug-in directory. */
    public static CaReload following(
            PlugInDirectory directory,
            CertificateAuthority authority,
            Rules rules,
            ScheduledExecutorService executor,
            Clock clock) {
        return new CaReload(authority, directory::read, rules, executor, clock);
    }

    /** Renews the self-signed root of a store near its end. */
    public static CaReload renewing(
            RootStore store,
            CertificateAuthority authority,
            ScheduledExecutorService executor,
            Clock clock) {
        return new CaReload(
                authority,
                () -> store.rotateIfDue(authority.signingKey().current()),
                new Rules(Duration.ofHours(1), true),
                executor,
                clock);
    }

    @Override
    public void close() {
        timer.cancel(false);
    }

    private void look() {
        SigningKey old = authority.signingKey().current();
        try {
            SigningKey found = source.get();
            if (found.equals(old)) {
                lastProblem = "";
                return;
            }
            if (!newRoots) {
                checkKnownRoot(found, old);
            }
            authority.signingKey().set(found);
            lastProblem = "";
            LOG.info(
                    "signing certificate replaced",
                    "subject",
                    found.certificate().getSubjectX500Principal().getName(),
                    "not_after",
                    found.notAfter().toString(),
                    "roots",
                    found.bundle().roots().size());
        } catch (CaProblem e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    /** Proxies must have been told of a root before anything is signed under it. */
    private void checkKnownRoot(SigningKey found, SigningKey old) {
        try {
            new ChainVerifier(old.bundle()).verifyPath(found.chain(), clock.instant());
        } catch (CertificateRejected e) {
            throw new CaProblem(
                    "AMB1107 CA directory: the new signing certificate is under a root that proxies do not know yet (first add the root to root-cert.pem with the old signer, then change the signer)",
                    e);
        }
    }

    /** Once per problem, not once per look. */
    private void complain(String problem) {
        if (!problem.equals(lastProblem)) {
            lastProblem = problem;
            LOG.error("signing certificate kept, the new one cannot be used", "error", problem);
        }
    }
}
