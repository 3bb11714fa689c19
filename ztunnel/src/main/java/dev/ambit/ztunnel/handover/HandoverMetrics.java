package dev.ambit.ztunnel.handover;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** {@code ambit_handovers_total}: how attempts to take over from this process ended. */
public final class HandoverMetrics {

    private final CounterVec handovers;

    /** Registers the family. */
    public HandoverMetrics(MetricsRegistry registry) {
        handovers =
                registry.register(
                        CounterVec.total(
                                "ambit_handovers",
                                "Attempts of a next process to take over, by result"));
    }

    void completed() {
        count("completed");
    }

    void handedBack() {
        count("handed_back");
    }

    void failed() {
        count("no_socket");
    }

    private void count(String result) {
        handovers.cell(LabelSet.of("result", result)).increment();
    }
}
