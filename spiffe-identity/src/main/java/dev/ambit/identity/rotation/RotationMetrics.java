package dev.ambit.identity.rotation;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/** How long the certificates in use will last, and how often none came. Any thread. */
final class RotationMetrics {

    private final Collection<Entry> entries;
    private final Clock clock;
    private final CounterVec failures =
            CounterVec.total(
                    "ambit_certificate_fetch_failures", "Certificates asked for and not received.");

    /** The entries are a view of what there is. */
    RotationMetrics(Collection<Entry> entries, Clock clock) {
        this.entries = entries;
        this.clock = clock;
    }

    void register(MetricsRegistry metrics) {
        failures.cell();
        metrics.register(failures);
        metrics.register(
                GaugeVec.named(
                                "ambit_certificate_runway_seconds",
                                "Seconds until the first certificate in use ends if no renewal succeeds; negative once one has ended.")
                        .read(LabelSet.NONE, this::runway));
    }

    void failed() {
        failures.cell().increment();
    }

    /** NaN without any certificate. */
    double runway() {
        Instant now = clock.instant();
        double least = Double.NaN;
        for (Entry entry : entries) {
            Instant end = entry.lastEnd;
            if (end != null) {
                double left = Duration.between(now, end).toMillis() / 1000.0;
                least = Double.isNaN(least) ? left : Math.min(least, left);
            }
        }
        return least;
    }
}
