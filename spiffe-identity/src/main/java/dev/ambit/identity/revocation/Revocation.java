package dev.ambit.identity.revocation;

import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.CertificatePath;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The revocation lists of a process (ambient.md 1.14), asked in every handshake and, when they
 * change, for every connection that is open. What cannot be used never replaces what can.
 * Thread-safe.
 */
public final class Revocation {

    /** No lists and none expected: everything is good, at no cost. */
    public static final Revocation OFF = new Revocation(UnknownStatus.ALLOW, Clock.systemUTC());

    /** What the lists say of a chain. */
    public enum Verdict {
        GOOD,
        /** One of its certificates is listed. */
        REVOKED,
        /** No list speaks for one of its issuers, and that is not enough. */
        REFUSED
    }

    private static final String STALE = "in use past its next update: ";

    /** Roots and intermediates remembered at most. */
    private static final int MAX_AUTHORITIES = 256;

    private final UnknownStatus unknown;
    private final Clock clock;
    private final List<Consumer<Set<X500Principal>>> listeners = new CopyOnWriteArrayList<>();

    /** By name and key: who could have signed a list. */
    private final Map<PublicKey, X500Principal> authorities = new ConcurrentHashMap<>();

    private final CounterVec rejections =
            CounterVec.total(
                    "istio_crl_policy_rejections",
                    "The total number of connections rejected due to CRL certificate revocation (unstable)");
    private final CounterVec untracked =
            CounterVec.total(
                    "istio_crl_untracked_connections",
                    "The total number of connections not tracked for CRL enforcement (unstable)");
    private final CounterVec unknowns =
            CounterVec.total(
                    "ambit_crl_unknown_status",
                    "Handshakes with a peer whose issuer no revocation list speaks for.");
    private final GaugeVec unusable =
            GaugeVec.named(
                    "ambit_crl_unusable",
                    "1 while the revocation list file cannot be used or is past its next update.");
    private final GaugeVec listed =
            GaugeVec.named("ambit_crl_entries", "Certificates on the revocation lists in use.");

    private volatile RevocationLists lists = RevocationLists.NONE;

    /** The file is there but was never usable: nobody knows who is on it. */
    private volatile boolean blind;

    private volatile boolean everRead;

    private volatile boolean enabled;
    private volatile @Nullable String problem;

    public Revocation(UnknownStatus unknown, Clock clock) {
        this.unknown = unknown;
        this.clock = clock;
    }

    /** Puts the families into the process's metrics. Once. */
    public void register(MetricsRegistry metrics) {
        metrics.register(rejections);
        metrics.register(untracked);
        for (Side side : Side.values()) {
            var _ = rejections.cell(side.label());
            var _ = untracked.cell(side.label());
        }
        metrics.register(unknowns);
        metrics.register(unusable);
        metrics.register(listed);
        unknowns.cell();
        show();
    }

    /** Which end of the connection we are. */
    public enum Side {
        SOURCE("source"),
        DESTINATION("destination");

        private final String reporter;

        Side(String reporter) {
            this.reporter = reporter;
        }

        private LabelSet label() {
            return LabelSet.of("reporter", reporter);
        }
    }

    /** Whether lists are asked for at all. */
    public boolean enabled() {
        return enabled;
    }

    /** Why the file is not in use as it is, for status and logs; null if it is. */
    public @Nullable String problem() {
        return problem;
    }

    /** Authorities that may sign lists: a file is checked against them when it comes. */
    public void knows(TrustBundle bundle, List<X509Certificate> intermediates) {
        if (this == OFF) {
            return;
        }
        bundle.roots().forEach(this::remember);
        intermediates.forEach(this::remember);
    }

    private void remember(X509Certificate authority) {
        remember(authority.getSubjectX500Principal(), authority.getPublicKey());
    }

    private void remember(X500Principal name, PublicKey key) {
        if (authorities.size() >= MAX_AUTHORITIES) {
            authorities.clear();
        }
        authorities.put(key, name);
    }

    /** Called with the issuers whose lists have changed, on the thread that brought the change. */
    public void onChange(Consumer<Set<X500Principal>> listener) {
        listeners.add(listener);
    }

    /** Judges a new peer, and counts. */
    public Verdict judge(CertificatePath path, Side side) {
        if (!enabled) {
            return Verdict.GOOD;
        }
        if (revoked(path)) {
            rejections.cell(side.label()).increment();
            return Verdict.REVOKED;
        }
        if (blind) {
            return Verdict.REFUSED;
        }
        if (known(path)) {
            return Verdict.GOOD;
        }
        unknowns.cell().increment();
        return unknown == UnknownStatus.DENY ? Verdict.REFUSED : Verdict.GOOD;
    }

    /** Whether a list names one of the path's certificates. */
    public boolean revoked(CertificatePath path) {
        RevocationLists now = lists;
        for (CertificatePath.Link link : path.links()) {
            for (RevocationList list : now.of(link.issuer())) {
                if (list.lists(link.serial()) && list.signedBy(link.issuerKey())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean known(CertificatePath path) {
        RevocationLists now = lists;
        for (CertificatePath.Link link : path.links()) {
            boolean spokenFor = false;
            for (RevocationList list : now.of(link.issuer())) {
                spokenFor |= list.signedBy(link.issuerKey());
            }
            if (!spokenFor) {
                return false;
            }
        }
        return true;
    }

    /** Counts an open connection that is cut. */
    public void cut(Side side) {
        rejections.cell(side.label()).increment();
    }

    /** Counts an open connection of which nobody knows what it rests on. */
    public void untracked(Side side) {
        untracked.cell(side.label()).increment();
    }

    /** There is no file, or an empty one: no lists, on purpose. */
    void cleared() {
        enabled = true;
        take(RevocationLists.NONE);
    }

    /**
     * Takes the file's content, or keeps what is there.
     *
     * @return why it is not used; null if it is
     */
    @Nullable String offer(byte[] file) {
        enabled = true;
        try {
            RevocationLists next = RevocationLists.parse(file);
            next.all().forEach(this::inheritSigners);
            check(next);
            take(next);
            return null;
        } catch (RevocationProblem e) {
            return rejected(String.valueOf(e.getMessage()));
        }
    }

    /** The file is there and cannot be read. */
    String rejected(String why) {
        enabled = true;
        blind = !everRead;
        problem = why;
        show();
        return why;
    }

    private void inheritSigners(RevocationList next) {
        // A handshake has shown which key makes this issuer's lists: the next one needs it too.
        for (RevocationList before : lists.of(next.issuer())) {
            before.signedBy().forEach(key -> remember(next.issuer(), key));
        }
    }

    private void check(RevocationLists next) throws RevocationProblem {
        for (Map.Entry<X500Principal, List<RevocationList>> entry : next.byIssuer().entrySet()) {
            checkSigned(entry.getKey(), entry.getValue());
            for (RevocationList list : entry.getValue()) {
                checkFresh(list);
            }
        }
    }

    /**
     * One of the lists is enough: another may be of a root with the same name that we do not know
     * yet, and what it says counts only for its own key.
     */
    private void checkSigned(X500Principal issuer, List<RevocationList> its)
            throws RevocationProblem {
        Set<PublicKey> keys = new HashSet<>();
        authorities.forEach(
                (key, name) -> {
                    if (name.equals(issuer)) {
                        keys.add(key);
                    }
                });
        if (!keys.isEmpty()
                && its.stream().noneMatch(list -> keys.stream().anyMatch(list::signedBy))) {
            throw new RevocationProblem(
                    "list of %s: signature of none of the trusted authorities"
                            .formatted(its.getFirst().name()));
        }
    }

    private void checkFresh(RevocationList list) throws RevocationProblem {
        List<RevocationList> before = lists.of(list.issuer());
        if (list.staleAt(clock.instant())
                && !before.isEmpty()
                && before.stream().noneMatch(list::sameAs)) {
            throw new RevocationProblem(
                    "list of %s: past its next update %s"
                            .formatted(list.name(), list.nextUpdate()));
        }
    }

    private void take(RevocationLists next) {
        Set<X500Principal> changed = next.differing(lists);
        lists = next;
        blind = false;
        everRead = true;
        problem = null;
        look();
        for (Consumer<Set<X500Principal>> listener : listeners) {
            listener.accept(changed);
        }
    }

    /** Looks whether a list in use has passed its next update; from time to time. */
    void look() {
        String before = problem;
        if (before == null || before.startsWith(STALE)) {
            problem = stale();
        }
        show();
    }

    private @Nullable String stale() {
        List<String> late = new ArrayList<>();
        for (RevocationList list : lists.all()) {
            if (list.staleAt(clock.instant())) {
                late.add("%s since %s".formatted(list.name(), list.nextUpdate()));
            }
        }
        return late.isEmpty() ? null : STALE + String.join(", ", late);
    }

    private void show() {
        unusable.cell().set(problem == null ? 0 : 1);
        listed.cell().set(lists.all().stream().mapToInt(RevocationList::size).sum());
    }
}
