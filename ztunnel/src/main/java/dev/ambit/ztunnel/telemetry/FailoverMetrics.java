package dev.ambit.ztunnel.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** Counts endpoints that did not answer and were replaced by another. Safe from every loop. */
public final class FailoverMetrics {

    /** Why an endpoint was given up. */
    public enum Reason {
        /** It said no, or could not reach its application. */
        REFUSED("refused"),
        /** It said nothing in time. */
        SILENT("silent");

        private final String label;

        Reason(String label) {
            this.label = label;
        }
    }

    private final CounterVec failovers;
    private final CounterVec ejected;

    FailoverMetrics(MetricsRegistry registry) {
        failovers =
                registry.register(
                        CounterVec.total(
                                "ambit_connect_failovers",
                                "Connections that were sent to another endpoint before their first byte (Ambit)"));
        ejected =
                registry.register(
                        CounterVec.total(
                                "ambit_endpoints_ejected",
                                "Endpoints left alone for a while because they did not answer (Ambit)"));
    }

    /** A connection goes on to another endpoint. */
    public void failedOver(Reason reason) {
        failovers.cell(LabelSet.of("reason", reason.label)).increment();
    }

    /** An endpoint is left alone for a while. */
    public void ejected(Reason reason) {
        ejected.cell(LabelSet.of("reason", reason.label)).increment();
    }
}
