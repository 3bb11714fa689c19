package dev.ambit.cni.reconcile;

import dev.ambit.cni.enrolment.ClusterView;
import dev.ambit.cni.enrolment.Enrolment;
import dev.ambit.cni.enrolment.PodFacts;
import dev.ambit.cni.redirect.RedirectException;
import dev.ambit.cni.redirect.Redirection;
import dev.ambit.cni.zds.ZtunnelLink;
import dev.ambit.cni.zds.ZtunnelLink.Reply;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The pods of this node and what has been done for them. Confined to the reconciler's thread. */
final class NodePods {

    private static final Log LOG = Log.get("cni::reconcile");

    /**
     * A look at one pod's rules is about ten milliseconds of processor time; more wait their turn.
     */
    private static final int CHECKS_A_ROUND = 64;

    private final Enrolment enrolment;
    private final Redirection redirection;
    private final CniMetrics metrics;
    private final Clock clock;
    private final Ztunnels ztunnels = new Ztunnels();
    private final Backoff backoff = new Backoff();
    private final Map<String, ActualPod> actual = new LinkedHashMap<>();
    private final Set<String> toldWithoutNetns = new HashSet<>();
    private Map<String, DesiredPod> desired = Map.of();
    private Deque<String> toCheck = new ArrayDeque<>();
    private ClusterView view = ClusterView.EMPTY;
    private boolean seen;

    NodePods(Enrolment enrolment, Redirection redirection, CniMetrics metrics, Clock clock) {
        this.enrolment = enrolment;
        this.redirection = redirection;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Whether anything is known yet: before the first view nobody may be let go. */
    boolean ready() {
        return seen;
    }

    Collection<ActualPod> actual() {
        return actual.values();
    }

    Optional<Instant> nextRetry() {
        return backoff.next();
    }

    void seen(ClusterView next) {
        Map<String, DesiredPod> wanted = new LinkedHashMap<>();
        for (PodFacts pod : next.pods().values()) {
            Map<String, String> namespace =
                    next.namespaces().getOrDefault(pod.id().namespace(), Map.of());
            if (enrolment.decide(pod, namespace) instanceof Enrolment.Verdict.Enrolled e) {
                if (pod.netns().isPresent()) {
                    wanted.put(
                            pod.id().uid(),
                            new DesiredPod(pod.id(), pod.netns().get(), e.capture()));
                } else if (toldWithoutNetns.add(pod.id().uid())) {
                    LOG.info("pod has no network namespace yet", "pod", pod.id().toString());
                }
            }
        }
        desired = wanted;
        view = next;
        toldWithoutNetns.retainAll(next.pods().keySet());
        seen = true;
    }

    /** Announces what is captured, then counts the connection as the newest. */
    void connected(ZtunnelLink link) {
        for (ActualPod pod : new ArrayList<>(actual.values())) {
            boolean captured = pod.installed().isPresent() || pod.mark() == Mark.ENABLED;
            if (captured && desired.containsKey(pod.id().uid()) && !announce(link, pod, true)) {
                return;
            }
        }
        if (link.snapshotSent() instanceof Reply.Acknowledged) {
            ztunnels.add(link);
            metrics.connected(ztunnels.size());
            LOG.info(
                    "ztunnel has the snapshot", "connection", link.number(), "pods", actual.size());
        } else {
            LOG.warn("AMB1527 ztunnel did not take the snapshot", "connection", link.number());
            link.close();
        }
    }

    void disconnected(ZtunnelLink link) {
        ztunnels.remove(link);
        metrics.connected(ztunnels.size());
    }

    /** Takes every step that can be taken now. */
    void settle() {
        Set<String> uids = new TreeSet<>(desired.keySet());
        uids.addAll(actual.keySet());
        for (String uid : uids) {
            if (!backoff.blocks(uid, clock.instant())) {
                settle(uid, desired.get(uid));
            }
        }
        long enabled = actual.values().stream().filter(p -> p.mark() == Mark.ENABLED).count();
        metrics.pods(enabled, actual.size() - enabled);
    }

    private void settle(String uid, @Nullable DesiredPod wanted) {
        Step step;
        do {
            boolean lives = view.pods().containsKey(uid);
            step = PodPlan.next(wanted, actual.get(uid), lives, ztunnels.newest());
            if (!take(uid, step, wanted)) {
                backoff.failed(uid, clock.instant());
                ActualPod left = actual.get(uid);
                if (left != null) {
                    actual.put(uid, left.marked(PodPlan.mark(left, ztunnels.newest())));
                }
                return;
            }
        } while (!(step instanceof Step.Settled));
        backoff.succeeded(uid);
    }

    /** Takes a step; false if it failed and is to be tried again. */
    private boolean take(String uid, Step step, @Nullable DesiredPod wanted) {
        ActualPod pod = actual.get(uid);
        return switch (step) {
            case Step.Install install -> wanted != null && install(uid, wanted);
            case Step.Announce announce ->
                    pod != null
                            && ztunnels.newestLink()
                                    .map(link -> announce(link, pod, false))
                                    .orElse(false);
            case Step.Withdraw withdraw -> {
                ztunnels.delete(uid);
                actual.computeIfPresent(uid, (u, p) -> p.withdrawn());
                yield true;
            }
            case Step.Remove remove -> pod != null && remove(pod);
            case Step.Forget forget -> {
                actual.remove(uid);
                metrics.event("delete");
                LOG.info(
                        "pod released", "uid", uid, "pod", pod == null ? uid : pod.id().toString());
                yield true;
            }
            case Step.Annotate annotate -> {
                actual.computeIfPresent(uid, (u, p) -> p.marked(annotate.mark()));
                LOG.info(
                        "pod " + annotate.mark().text(),
                        "pod",
                        pod == null ? uid : pod.id().toString(),
                        "uid",
                        uid);
                yield true;
            }
            case Step.Settled settled -> true;
        };
    }

    private boolean install(String uid, DesiredPod wanted) {
        ActualPod before = actual.get(uid);
        if (before == null) {
            before = ActualPod.fresh(wanted, earlierMark(uid));
            actual.put(uid, before);
            metrics.event("add");
        } else {
            metrics.event("update");
        }
        try (Netns netns = Netns.open(wanted.netns())) {
            redirection.install(wanted.netns(), wanted.capture());
            actual.put(uid, before.withRules(wanted.netns(), netns.inode(), wanted.capture()));
            return true;
        } catch (RedirectException e) {
            failed(e.code(), "rules not installed", wanted, e);
        } catch (SystemCallException | IllegalArgumentException e) {
            failed("AMB1518", "network namespace cannot be opened", wanted, e);
        }
        actual.put(uid, before.withoutRules());
        return false;
    }

    /**
     * A restarted agent finds its own annotation: the pod runs, its mark stays as long as its
     * rules.
     */
    private Mark earlierMark(String uid) {
        PodFacts facts = view.pods().get(uid);
        boolean enabled =
                facts != null && "enabled".equals(facts.annotations().get(Enrolment.REDIRECTION));
        return enabled ? Mark.ENABLED : Mark.NONE;
    }

    private void failed(String code, String what, DesiredPod pod, Exception e) {
        metrics.failure(code);
        LOG.error(
                code + " " + what + ", trying again",
                "pod",
                pod.id().toString(),
                "netns",
                pod.netns().toString(),
                "error",
                String.valueOf(e.getMessage()));
    }

    private boolean announce(ZtunnelLink link, ActualPod pod, boolean snapshot) {
        Reply reply = send(link, pod, snapshot);
        switch (reply) {
            case Reply.Acknowledged ok ->
                    actual.put(pod.id().uid(), pod.acknowledged(link.number()));
            case Reply.Refused refused -> {
                metrics.failure("AMB1528");
                LOG.warn(
                        "AMB1528 ztunnel refused a pod, trying again",
                        "pod",
                        pod.id().toString(),
                        "error",
                        refused.error());
                backoff.failed(pod.id().uid(), clock.instant());
                // In a snapshot the others still have to be named.
                return snapshot;
            }
            case Reply.Lost lost -> {
                ztunnels.remove(link);
                metrics.connected(ztunnels.size());
                return false;
            }
        }
        return true;
    }

    private static Reply send(ZtunnelLink link, ActualPod pod, boolean snapshot) {
        try (Netns netns = Netns.open(pod.netns())) {
            return link.add(pod.id(), netns);
        } catch (SystemCallException | IllegalArgumentException e) {
            return snapshot
                    ? link.keep(pod.id().uid())
                    : new Reply.Refused(
                            "AMB1518 network namespace cannot be opened: " + e.getMessage());
        }
    }

    private boolean remove(ActualPod pod) {
        try {
            redirection.remove(pod.netns());
            actual.put(pod.id().uid(), pod.withoutRules());
            return true;
        } catch (RedirectException e) {
            metrics.failure(e.code());
            LOG.error(
                    e.code() + " rules not removed, trying again",
                    "pod",
                    pod.id().toString(),
                    "error",
                    String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Looks whether the rules of captured pods are still there; what is missing is put back. */
    void check() {
        if (toCheck.isEmpty()) {
            toCheck = new ArrayDeque<>(actual.keySet());
        }
        for (int i = 0; i < CHECKS_A_ROUND && !toCheck.isEmpty(); i++) {
            ActualPod pod = actual.get(toCheck.poll());
            if (pod != null && pod.installed().isPresent() && !stillCaptured(pod)) {
                metrics.repair();
                LOG.warn("AMB1530 rules were gone, putting them back", "pod", pod.id().toString());
                actual.put(pod.id().uid(), pod.withoutRules());
            }
        }
    }

    private boolean stillCaptured(ActualPod pod) {
        try (Netns netns = Netns.open(pod.netns())) {
            return netns.inode() == pod.inode()
                    && redirection.present(pod.netns(), pod.installed().orElseThrow());
        } catch (RedirectException | SystemCallException | IllegalArgumentException e) {
            // Most likely the namespace goes with its pod; if not, the next look says more.
            LOG.debug("rules not readable", "pod", pod.id().toString(), "error", e.getMessage());
            return true;
        }
    }

    /** Takes every pod out of the mesh; each once, failures are logged and left. */
    void releaseAll() {
        desired = Map.of();
        settle();
    }

    void close() {
        ztunnels.close();
        metrics.connected(0);
    }
}
