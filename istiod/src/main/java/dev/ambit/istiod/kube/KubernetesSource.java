package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.Source;
import dev.ambit.runtime.log.Log;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's objects. Every kind is listed and watched by itself; nothing is handed on before all
 * of them have been read once, because proxies that still hold the whole mesh would be told that
 * what a slow kind has not brought yet is gone. An API server that is not there, or is slow, is
 * waited for, and the log says what for.
 */
public final class KubernetesSource implements Source {
    private static final Log LOG = Log.get("istiod::kube");
    private static final Duration SAY_WAITING = Duration.ofSeconds(10);

    private final Intake intake;
    private final KubernetesEvents events;
    private final ScheduledExecutorService timer;
    private final List<KindWatch> kinds;
    private @Nullable ScheduledFuture<?> waiting;

    /**
     * @param client open as long as this source is; closed by whoever made it
     * @param executor runs tasks that may block, any number at once
     * @param timer for the lines about waiting
     */
    public KubernetesSource(
            KubernetesClient client,
            Executor executor,
            ScheduledExecutorService timer,
            KubernetesEvents events) {
        this.events = events;
        this.timer = timer;
        this.intake = new Intake(events::refused);
        this.kinds =
                ApiKind.ALL.stream()
                        .map(kind -> new KindWatch(kind, client, intake, events, executor))
                        .toList();
    }

    @Override
    public void start(Sink sink) {
        waiting =
                timer.scheduleAtFixedRate(
                        this::sayWaiting,
                        SAY_WAITING.toSeconds(),
                        SAY_WAITING.toSeconds(),
                        TimeUnit.SECONDS);
        CompletableFuture<?>[] started =
                kinds.stream()
                        .map(kind -> kind.start().toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Void> _ =
                CompletableFuture.allOf(started)
                        .thenRun(
                                () -> {
                                    intake.open(sink);
                                    events.synced(intake.size());
                                });
    }

    private void sayWaiting() {
        List<KindStatus> lost = kinds().stream().filter(kind -> !kind.watched()).toList();
        if (lost.isEmpty()) {
            return;
        }
        KindStatus first =
                lost.stream().filter(kind -> !kind.synced()).findFirst().orElse(lost.getFirst());
        LOG.warn(
                first.synced()
                        ? "watches lost, what is known stays"
                        : "waiting for the Kubernetes API server",
                "kind",
                first.kind(),
                "others",
                lost.size() - 1,
                "error",
                first.error().isEmpty() ? "no answer" : first.error());
    }

    /** How it stands with each kind. */
    public List<KindStatus> kinds() {
        return kinds.stream().map(KindWatch::status).toList();
    }

    /** How many objects are in use. */
    public int size() {
        return intake.size();
    }

    /** What is wrong with objects; their last good versions are in use. */
    public List<ObjectProblem> refused() {
        return intake.problems();
    }

    @Override
    public void close() {
        if (waiting != null) {
            waiting.cancel(false);
        }
        kinds.forEach(KindWatch::close);
    }
}
