package dev.ambit.ztunnel.telemetry;

import dev.ambit.runtime.metrics.LabelSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The series of all pairs of one kind, at most so many. Safe from every loop. */
final class SeriesTable {

    private final ConnectionMetrics.Families families;
    private final int limit;
    private final Map<LabelSet, ConnectionSeries> series = new ConcurrentHashMap<>();

    SeriesTable(ConnectionMetrics.Families families, int limit) {
        this.families = families;
        this.limit = limit;
    }

    /** The series under these labels for one more connection; null if there is no room. */
    @Nullable ConnectionSeries enter(LabelSet labels) {
        while (true) {
            ConnectionSeries known = series.get(labels);
            if (known == null) {
                if (series.size() >= limit) {
                    return null;
                }
                known = series.computeIfAbsent(labels, l -> new ConnectionSeries(families, l));
            }
            if (known.enter()) {
                return known;
            }
            // It is being forgotten this moment: wait for its place to be free.
            Thread.onSpinWait();
        }
    }

    void forgetUnusedSince(long before) {
        // Its cells go while the place is still taken: a successor shall find none of them.
        series.values().removeIf(s -> s.forget(before));
    }

    int size() {
        return series.size();
    }
}
