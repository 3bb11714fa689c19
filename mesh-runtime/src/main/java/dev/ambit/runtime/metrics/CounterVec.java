package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A family of counters with an exact name. Callers keep the {@link Cell} of a connection or a
 * subsystem and count into it without looking it up again; cells may be used from any thread.
 */
public final class CounterVec implements Collector, Family {

    private final String name;
    private final String help;
    private final boolean total;
    private final Series<Cell> series = new Series<>(Cell::new);

    private CounterVec(String name, String help, boolean total) {
        this.name = name;
        this.help = help;
        this.total = total;
    }

    /** Prints {@code <name>_total}; give the name without the suffix. */
    public static CounterVec total(String name, String help) {
        return new CounterVec(Names.checked(Names.withoutTotal(name)), help, true);
    }

    /**
     * Prints the bare name, as Istio's control plane does. OpenMetrics allows no counter without
     * the suffix, so the type it states is {@code unknown}.
     */
    public static CounterVec bare(String name, String help) {
        return new CounterVec(Names.checked(name), help, false);
    }

    /** A family of one series that reads a total kept elsewhere; prints {@code <name>_total}. */
    public static CounterVec reading(String name, String help, LongSupplier source) {
        CounterVec family = total(name, help);
        family.cell().source = source;
        return family;
    }

    /** The cell of a series, made on first use. */
    public Cell cell(LabelSet labels) {
        return series.cell(labels);
    }

    /** The cell without labels. */
    public Cell cell() {
        return series.cell(LabelSet.NONE);
    }

    /** Takes a series out of the exposition. */
    public void remove(LabelSet labels) {
        series.remove(labels);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MetricSnapshot collect() {
        if (total) {
            CounterSnapshot.Builder b = CounterSnapshot.builder().name(name).help(help);
            series.forEach(
                    (labels, cell) ->
                            b.dataPoint(
                                    CounterSnapshot.CounterDataPointSnapshot.builder()
                                            .labels(labels)
                                            .value((double) cell.value())
                                            .build()));
            return b.build();
        }
        UnknownSnapshot.Builder b = UnknownSnapshot.builder().name(name).help(help);
        series.forEach(
                (labels, cell) ->
                        b.dataPoint(
                                UnknownSnapshot.UnknownDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value((double) cell.value())
                                        .build()));
        return b.build();
    }

    /** One series. */
    public static final class Cell {
        private final LongAdder count = new LongAdder();

        /** Read by the scraping thread. */
        private volatile @Nullable LongSupplier source;

        private Cell() {}

        public void increment() {
            count.increment();
        }

        public void add(long n) {
            count.add(n);
        }

        public long value() {
            LongSupplier s = source;
            return s != null ? s.getAsLong() : count.sum();
        }
    }
}
