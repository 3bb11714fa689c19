package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.state.WorkloadInfo;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which pods there should be and which are served: the node agent's messages become starts and
 * stops. State is confined to the control loop; every public method hops there and completes when
 * its work is done, so that the client can acknowledge one message after the other.
 */
public final class PodRegistry {

    private static final Log LOG = Log.get("inpod::statemanager");

    /** A pod that failed to start is tried again this often. */
    private static final long RETRY_SECONDS = 5;

    private final EventLoop control;
    private final Pod.Starter starter;
    private final Readiness.Task ready;
    private final PodMetrics metrics;
    private final Map<String, Served> served = new LinkedHashMap<>();
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Map<String, Object> starting = new HashMap<>();
    private final Map<Pod, CompletableFuture<Void>> stopping = new HashMap<>();

    /** Named by this connection of the agent, until its snapshot is complete; then null. */
    private @Nullable Set<String> snapshot;

    /** Told of every pod that ends because it was deleted. */
    private volatile Consumer<String> deleted = uid -> {};

    /** Done while the agent's snapshot is complete. */
    private CompletableFuture<Void> told = new CompletableFuture<>();

    private boolean agentConnected;
    private boolean draining;
    private @Nullable ScheduledFuture<?> retry;

    record Served(WorkloadInfo info, long netns, Pod pod) {}

    record Pending(WorkloadInfo info, Netns netns) {}

    /**
     * @param ready done while the agent is connected, has sent everything, and all of it runs
     */
    public PodRegistry(
            EventLoop control, Pod.Starter starter, Readiness.Task ready, PodMetrics metrics) {
        this.control = control;
        this.starter = starter;
        this.ready = ready;
        this.metrics = metrics;
    }

    /** A new connection of the agent: a new snapshot begins. */
    public CompletableFuture<Void> connected() {
        return onLoop(
                () -> {
                    agentConnected = true;
                    snapshot = new HashSet<>();
                    told = told.isDone() ? new CompletableFuture<>() : told;
                    changed();
                    return CompletableFuture.completedFuture(null);
                });
    }

    /**
     * The agent is gone: what runs goes on, but nobody tells us of changes, so we are not ready.
     */
    public CompletableFuture<Void> disconnected() {
        return onLoop(
                () -> {
                    agentConnected = false;
                    changed();
                    return CompletableFuture.completedFuture(null);
                });
    }

    /**
     * Carries out a message. Gives the error to acknowledge with, "" if there is none; fails with
     * {@link ZdsViolation}.
     */
    CompletableFuture<String> apply(ZdsMessage message) {
        return onLoop(
                () ->
                        switch (message) {
                            case ZdsMessage.Add add -> add(add);
                            case ZdsMessage.Keep keep -> keep(keep.uid());
                            case ZdsMessage.Delete delete -> delete(delete.uid());
                            case ZdsMessage.SnapshotSent sent -> snapshotSent();
                        });
    }

    /** Stops all pods gracefully; completes when all are closed. */
    public CompletableFuture<Void> drain() {
        return onLoop(
                () -> {
                    draining = true;
                    cancelRetry();
                    pending.values().forEach(p -> p.netns().close());
                    pending.clear();
                    new ArrayList<>(served.keySet()).forEach(uid -> stop(uid, Pod.Stop.GRACEFUL));
                    changed();
                    return CompletableFuture.allOf(
                            stopping.values().toArray(CompletableFuture[]::new));
                });
    }

    /** A pod as the dump shows it. */
    public record View(
            String uid, boolean up, WorkloadInfo info, List<Pod.OpenConnection> connections) {}

    /** All pods. */
    public CompletableFuture<List<View>> view() {
        return onLoop(() -> PodLists.views(served, pending));
    }

    /** A pod that is served; empty if it is not. */
    public CompletableFuture<Optional<Pod>> pod(WorkloadInfo info) {
        return onLoop(() -> CompletableFuture.completedFuture(PodLists.pod(served, info)));
    }

    /** A pod that is served, for a hand-over. */
    public record Serving(String uid, WorkloadInfo info, long netns, Transfer transfer) {}

    /** All pods that can be handed over. */
    public CompletableFuture<List<Serving>> serving() {
        return onLoop(() -> CompletableFuture.completedFuture(PodLists.serving(served)));
    }

    /**
     * Serves a pod with the listeners of another process. Gives why not, or "". The namespace and
     * the listeners are the registry's from here.
     */
    public CompletableFuture<String> take(
            String uid, WorkloadInfo info, Netns netns, Inherited listeners) {
        return onLoop(() -> start(uid, info, netns, listeners));
    }

    /** The pod was deleted, as somebody else has heard. */
    public CompletableFuture<Void> cut(String uid) {
        return onLoop(
                () -> {
                    forgetPending(uid);
                    stop(uid, Pod.Stop.IMMEDIATE);
                    return CompletableFuture.completedFuture(null);
                });
    }

    /** Which of these are gone, by uid and namespace, as soon as the agent has told everything. */
    public CompletableFuture<List<String>> gone(Map<String, Long> known) {
        return onLoop(() -> told.thenApplyAsync(done -> PodLists.gone(known, served), control));
    }

    /** Who is told of deleted pods, on the control loop. */
    public void onDeleted(Consumer<String> listener) {
        deleted = listener;
    }

    private CompletableFuture<String> add(ZdsMessage.Add add) {
        LOG.info(
                "pod received, starting proxy",
                "uid",
                add.uid(),
                "name",
                add.info().name(),
                "namespace",
                add.info().namespace(),
                "serviceAccount",
                add.info().serviceAccount());
        if (snapshot != null) {
            snapshot.add(add.uid());
        }
        if (draining) {
            add.netns().close();
            return CompletableFuture.completedFuture("shutting down");
        }
        Served existing = served.get(add.uid());
        if (existing != null && existing.netns() == add.netns().inode()) {
            add.netns().close();
            return acknowledged();
        }
        if (existing != null) {
            // The pod's sandbox was made anew.
            stop(add.uid(), Pod.Stop.IMMEDIATE);
            deleted.accept(add.uid());
        }
        forgetPending(add.uid());
        return start(add.uid(), add.info(), add.netns(), Inherited.nothing());
    }

    private CompletableFuture<String> start(
            String uid, WorkloadInfo info, Netns netns, Inherited listeners) {
        long inode = netns.inode();
        Object token = new Object();
        starting.put(uid, token);
        CompletableFuture<String> acknowledged = new CompletableFuture<>();
        attempt(() -> starter.take(uid, info, netns, listeners))
                .whenCompleteAsync(
                        (pod, failure) -> {
                            if (failure == null) {
                                started(uid, token, new Served(info, inode, pod));
                                acknowledged.complete("");
                            } else if (!starting.remove(uid, token) || draining) {
                                // Nobody would ever try again, or give the namespace back.
                                netns.close();
                                acknowledged.complete("deleted while it was started");
                            } else {
                                String text =
                                        "failed to start proxy for "
                                                + uid
                                                + ": "
                                                + PodLists.rootCause(failure);
                                LOG.warn(
                                        "pod failed to start, trying again",
                                        "uid",
                                        uid,
                                        "error",
                                        text);
                                pending.put(uid, new Pending(info, netns));
                                changed();
                                acknowledged.complete(text);
                            }
                        },
                        control);
        return acknowledged;
    }

    /** The namespace stays ours: a failed start is tried again with it. */
    private static CompletableFuture<? extends Pod> attempt(
            Supplier<CompletableFuture<? extends Pod>> start) {
        try {
            return start.get();
        } catch (RuntimeException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    private void started(String uid, Object token, Served pod) {
        metrics.started();
        if (starting.remove(uid, token) && !draining) {
            served.put(uid, pod);
        } else {
            // Deleted meanwhile, or named anew with another namespace.
            stop(pod.pod(), Pod.Stop.IMMEDIATE);
        }
        changed();
    }

    private CompletableFuture<String> keep(String uid) {
        LOG.info("pod keep received, it is not deleted when the snapshot is complete", "uid", uid);
        if (snapshot == null) {
            return CompletableFuture.failedFuture(new ZdsViolation("KEEP after the snapshot"));
        }
        snapshot.add(uid);
        return acknowledged();
    }

    private CompletableFuture<String> delete(String uid) {
        LOG.info("pod delete received, shutting down proxy", "uid", uid);
        if (snapshot != null) {
            snapshot.remove(uid);
            forgetPending(uid);
            changed();
            return acknowledged();
        }
        forgetPending(uid);
        stop(uid, Pod.Stop.TERMINATING);
        deleted.accept(uid);
        changed();
        return acknowledged();
    }

    private CompletableFuture<String> snapshotSent() {
        Set<String> named = snapshot;
        if (named == null) {
            return CompletableFuture.failedFuture(new ZdsViolation("a second SNAPSHOT_SENT"));
        }
        snapshot = null;
        told.complete(null);
        for (String uid : new ArrayList<>(served.keySet())) {
            if (!named.contains(uid)) {
                stop(uid, Pod.Stop.IMMEDIATE);
                deleted.accept(uid);
            }
        }
        Set<String> waiting = new HashSet<>(pending.keySet());
        waiting.addAll(starting.keySet());
        waiting.removeAll(named);
        waiting.forEach(this::forgetPending);
        LOG.info("received snapshot", "pods", named.size());
        changed();
        return acknowledged();
    }

    private void stop(String uid, Pod.Stop how) {
        Served pod = served.remove(uid);
        if (pod != null) {
            stop(pod.pod(), how);
        }
    }

    private void stop(Pod pod, Pod.Stop how) {
        CompletableFuture<Void> stopped = pod.stop(how);
        stopping.put(pod, stopped);
        stopped.whenCompleteAsync(
                (done, failure) -> {
                    stopping.remove(pod);
                    metrics.stopped();
                },
                control);
    }

    /** Neither waits for its next try nor is served if a try under way succeeds. */
    private void forgetPending(String uid) {
        starting.remove(uid);
        Pending forgotten = pending.remove(uid);
        if (forgotten != null) {
            forgotten.netns().close();
        }
    }

    private void changed() {
        metrics.count(served.size(), pending.size());
        if (agentConnected && snapshot == null && pending.isEmpty()) {
            ready.done();
        } else {
            ready.pending();
        }
        if (pending.isEmpty()) {
            cancelRetry();
        } else if (retry == null && !draining) {
            retry = control.schedule(this::retryPending, RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void retryPending() {
        retry = null;
        Map<String, Pending> again = new LinkedHashMap<>(pending);
        pending.clear();
        again.forEach((uid, p) -> start(uid, p.info(), p.netns(), Inherited.nothing()));
        changed();
    }

    private void cancelRetry() {
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
    }

    private static CompletableFuture<String> acknowledged() {
        return CompletableFuture.completedFuture("");
    }

    private <T> CompletableFuture<T> onLoop(Supplier<? extends CompletionStage<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        control.execute(
                () ->
                        begun(work)
                                .whenComplete(
                                        (value, failure) -> {
                                            if (failure == null) {
                                                result.complete(value);
                                            } else {
                                                result.completeExceptionally(failure);
                                            }
                                        }));
        return result;
    }

    /** Whoever waits must hear of work that could not even begin. */
    private static <T> CompletionStage<T> begun(Supplier<? extends CompletionStage<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }
}
