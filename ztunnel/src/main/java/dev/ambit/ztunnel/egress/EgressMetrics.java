package dev.ambit.ztunnel.egress;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** Counts what the guards do. Safe from any thread. */
public final class EgressMetrics {

    private final CounterVec refused;
    private final CounterVec forgotten;

    /** Registers the families. */
    public EgressMetrics(MetricsRegistry registry) {
        refused =
                registry.register(
                        CounterVec.total(
                                "ambit_egress_refused",
                                "Connections refused because their destination is not registered"));
        forgotten =
                registry.register(
                        CounterVec.total(
                                "ambit_egress_names_forgotten",
                                "Answered addresses dropped early because a pod has too many"));
    }

    void refused(String namespace) {
        refused.cell(LabelSet.of("source_workload_namespace", namespace)).increment();
    }

    void forgotten() {
        forgotten.cell().increment();
    }
}
