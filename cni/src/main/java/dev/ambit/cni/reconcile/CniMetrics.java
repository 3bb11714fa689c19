package dev.ambit.cni.reconcile;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** What the agent counts; names of Istio's node agent where it has them. */
public final class CniMetrics {

    private final CounterVec events;
    private final CounterVec failures;
    private final CounterVec repairs;
    private final GaugeVec pods;
    private final GaugeVec connected;

    public CniMetrics(MetricsRegistry registry) {
        events =
                registry.register(
                        CounterVec.total(
                                "nodeagent_reconcile_events",
                                "Pods taken into the mesh, changed, or let go"));
        failures =
                registry.register(
                        CounterVec.total("ambit_cni_failures", "Steps that failed, by error code"));
        repairs =
                registry.register(
                        CounterVec.total(
                                "ambit_cni_repairs", "Captured pods found without their rules"));
        pods = registry.register(GaugeVec.named("ambit_cni_pods", "Pods of this node by state"));
        connected =
                registry.register(
                        GaugeVec.named(
                                "ztunnel_connected", "Connections of ztunnel to this agent"));
        connected.cell().set(0);
    }

    void event(String type) {
        events.cell(LabelSet.of("type", type)).increment();
    }

    void failure(String code) {
        failures.cell(LabelSet.of("code", code)).increment();
    }

    void repair() {
        repairs.cell().increment();
    }

    void pods(long enabled, long pending) {
        pods.cell(LabelSet.of("state", "enabled")).set((double) enabled);
        pods.cell(LabelSet.of("state", "pending")).set((double) pending);
    }

    void connected(int ztunnels) {
        connected.cell().set(ztunnels);
    }
}
