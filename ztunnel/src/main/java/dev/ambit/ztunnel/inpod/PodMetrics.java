package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.MetricsRegistry;

/**
 * {@code workload_manager_*}: how many pods are served. Names are upstream's, without its prefix.
 */
public final class PodMetrics {

    private final GaugeVec.Cell active;
    private final GaugeVec.Cell pending;
    private final CounterVec.Cell started;
    private final CounterVec.Cell stopped;

    /** Registers the families. */
    public PodMetrics(MetricsRegistry registry) {
        active =
                registry.register(
                                GaugeVec.named(
                                        "workload_manager_active_proxy_count",
                                        "The total number current workloads with active proxies (unstable)"))
                        .cell();
        pending =
                registry.register(
                                GaugeVec.named(
                                        "workload_manager_pending_proxy_count",
                                        "The total number current workloads with pending proxies (unstable)"))
                        .cell();
        started =
                registry.register(
                                CounterVec.total(
                                        "workload_manager_proxies_started",
                                        "The total number of proxies that were started (unstable)"))
                        .cell();
        stopped =
                registry.register(
                                CounterVec.total(
                                        "workload_manager_proxies_stopped",
                                        "The total number of proxies that were stopped (unstable)"))
                        .cell();
    }

    void count(int activePods, int pendingPods) {
        active.set(activePods);
        pending.set(pendingPods);
    }

    void started() {
        started.increment();
    }

    void stopped() {
        stopped.increment();
    }
}
