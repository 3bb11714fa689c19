package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A family of gauges with an exact name: counted up and down, set, or read from elsewhere. */
public final class GaugeVec implements Collector, Family {

    private final String name;
    private final String help;
    private final Series<Cell> series = new Series<>(Cell::new);

    private GaugeVec(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** Prints the name as it is given. */
    public static GaugeVec named(String name, String help) {
        return new GaugeVec(Names.checked(name), help);
    }

    /** The cell of a series, made on first use. */
    public Cell cell(LabelSet labels) {
        return series.cell(labels);
    }

    /** The cell without labels. */
    public Cell cell() {
        return series.cell(LabelSet.NONE);
    }

    /**
     * Reads the series from a supplier at each scrape; the supplier must be safe from any thread.
     */
    public GaugeVec read(LabelSet labels, DoubleSupplier source) {
        series.cell(labels).source = source;
        return this;
    }

    /** Takes a series out of the exposition. */
    public void remove(LabelSet labels) {
        series.remove(labels);
    }

    /** Takes all series out; for families that are rebuilt as a whole. */
    public void clear() {
        series.clear();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MetricSnapshot collect() {
        GaugeSnapshot.Builder b = GaugeSnapshot.builder().name(name).help(help);
        series.forEach(
                (labels, cell) ->
                        b.dataPoint(
                                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value(cell.value())
                                        .build()));
        return b.build();
    }

    /**
     * One series. Use either {@link #set} or {@link #add}; both from several threads do not mix.
     */
    public static final class Cell {
        private final DoubleAdder value = new DoubleAdder();

        /** Read by the scraping thread. */
        private volatile @Nullable DoubleSupplier source;

        private Cell() {}

        public void increment() {
            value.add(1);
        }

        public void decrement() {
            value.add(-1);
        }

        public void add(double n) {
            value.add(n);
        }

        public synchronized void set(double n) {
            value.add(n - value.sum());
        }

        public double value() {
            DoubleSupplier s = source;
            try {
                return s != null ? s.getAsDouble() : value.sum();
            } catch (RuntimeException e) {
                // One source that fails must not hide all the other metrics.
                return Double.NaN;
            }
        }
    }
}
