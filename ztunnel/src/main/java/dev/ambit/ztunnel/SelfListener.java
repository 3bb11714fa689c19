package dev.ambit.ztunnel;

import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.inpod.Pod;
import dev.ambit.ztunnel.inpod.PodProxies;
import dev.ambit.ztunnel.inpod.PodProxy;
import dev.ambit.ztunnel.state.WorkloadInfo;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process as a workload of its own mesh: takes tunnels on 15008 of its own network namespace,
 * with its own identity and under the policies of its pod, so that its metrics can be read over
 * mutual TLS (ambient.md 1.1). A port that is taken costs this listener only; it is tried again.
 * Confined to the control loop.
 */
final class SelfListener {

    private static final Log LOG = Log.get("proxy::self");
    private static final long RETRY_SECONDS = 5;

    private final EventLoop control;
    private final PodProxies proxies;
    private final WorkloadInfo self;
    private final GaugeVec.Cell up;
    private @Nullable PodProxy running;
    private boolean ended;
    private boolean told;

    /**
     * @param proxies of the node's pods, whose state and certificates it shares
     * @param self this process's pod
     */
    SelfListener(
            EventLoop control, PodProxies proxies, WorkloadInfo self, MetricsRegistry metrics) {
        this.control = control;
        this.proxies = proxies.ours();
        this.self = self;
        this.up =
                metrics.register(
                                GaugeVec.named(
                                        "ambit_self_listener_up",
                                        "Whether this process takes tunnels to its own ports"))
                        .cell();
    }

    /** Once the state is known. Any thread. */
    void start() {
        control.execute(this::open);
    }

    private void open() {
        if (ended || running != null) {
            return;
        }
        proxies.startHere(self).whenCompleteAsync(this::opened, control);
    }

    private void opened(@Nullable PodProxy pod, @Nullable Throwable failure) {
        if (pod == null) {
            if (!told) {
                told = true;
                LOG.error(
                        "AMB1250 own HBONE listener failed; metrics are not reachable over mTLS,"
                                + " pods are not concerned; trying on",
                        "workload",
                        self,
                        "error",
                        failure);
            }
            control.schedule(this::open, RETRY_SECONDS, TimeUnit.SECONDS);
        } else if (ended) {
            pod.stop(Pod.Stop.IMMEDIATE);
        } else {
            running = pod;
            up.set(1);
        }
    }

    /** Takes nothing new; completes when what was open has finished or its time is over. */
    CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        control.execute(
                () -> {
                    ended = true;
                    PodProxy pod = running;
                    running = null;
                    up.set(0);
                    if (pod == null) {
                        stopped.complete(null);
                    } else {
                        pod.stop(Pod.Stop.GRACEFUL)
                                .whenComplete((done, failure) -> stopped.complete(null));
                    }
                });
        return stopped;
    }
}
