package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The cells of one family. Bounded: beyond {@link #LIMIT} series new ones are counted into one cell
 * that is not shown, so that a hostile peer cannot fill the memory through label values; how many
 * were refused is {@code ambit_metrics_series_refused_total}.
 */
final class Series<C> {

    /** A node with 500 pods that each talk to 40 others has 20 000 series of a family. */
    static final int LIMIT = 50_000;

    static final LongAdder REFUSED = new LongAdder();

    private record Entry<C>(Labels labels, C cell) {}

    private final ConcurrentHashMap<LabelSet, Entry<C>> cells = new ConcurrentHashMap<>();
    private final Supplier<C> maker;
    private final C overflow;
    private final int limit;

    Series(Supplier<C> maker) {
        this(maker, LIMIT);
    }

    Series(Supplier<C> maker, int limit) {
        this.maker = maker;
        this.overflow = maker.get();
        this.limit = limit;
    }

    C cell(LabelSet labels) {
        Entry<C> known = cells.get(labels);
        if (known != null) {
            return known.cell();
        }
        if (cells.mappingCount() >= limit) {
            REFUSED.increment();
            return overflow;
        }
        return cells.computeIfAbsent(labels, l -> new Entry<>(l.labels(), maker.get())).cell();
    }

    void remove(LabelSet labels) {
        cells.remove(labels);
    }

    void clear() {
        cells.clear();
    }

    int size() {
        return cells.size();
    }

    void forEach(BiConsumer<Labels, C> action) {
        for (Map.Entry<LabelSet, Entry<C>> e : cells.entrySet()) {
            action.accept(e.getValue().labels(), e.getValue().cell());
        }
    }
}
