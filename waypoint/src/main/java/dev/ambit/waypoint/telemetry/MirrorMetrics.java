package dev.ambit.waypoint.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** What became of copies of requests, since nobody else hears of it. */
public final class MirrorMetrics {

    private final CounterVec.Cell sent;
    private final CounterVec.Cell dropped;
    private final CounterVec.Cell failed;

    public MirrorMetrics(MetricsRegistry registry) {
        CounterVec copies =
                CounterVec.total(
                        "ambit_waypoint_mirrors",
                        "Copies of requests made for mirrors, by result.");
        registry.register(copies);
        sent = copies.cell(LabelSet.of("result", "sent"));
        dropped = copies.cell(LabelSet.of("result", "dropped"));
        failed = copies.cell(LabelSet.of("result", "failed"));
    }

    /** The mirror answered. */
    public void sent() {
        sent.increment();
    }

    /** Not sent, or not to its end, so that the request was not held back. */
    public void dropped() {
        dropped.increment();
    }

    /** The mirror did not answer. */
    public void failed() {
        failed.increment();
    }
}
