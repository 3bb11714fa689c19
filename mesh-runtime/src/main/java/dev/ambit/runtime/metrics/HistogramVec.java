package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** A family of histograms with an exact name and fixed upper bounds. */
public final class HistogramVec implements Collector, Family {

    private final String name;
    private final String help;
    private final double[] bounds;
    private final Series<Cell> series;

    private HistogramVec(String name, String help, double[] bounds) {
        this.name = name;
        this.help = help;
        this.bounds = bounds;
        this.series = new Series<>(() -> new Cell(bounds));
    }

    /** Upper bounds ascending, without infinity. */
    public static HistogramVec named(String name, String help, double... upperBounds) {
        double[] sorted = upperBounds.clone();
        Arrays.sort(sorted);
        if (sorted.length == 0 || !Arrays.equals(sorted, upperBounds)) {
            throw new IllegalArgumentException(
                    name
                            + " bounds: "
                            + Arrays.toString(upperBounds)
                            + " (expected: ascending, at least one)");
        }
        return new HistogramVec(Names.checked(name), help, sorted);
    }

    public Cell cell(LabelSet labels) {
        return series.cell(labels);
    }

    public Cell cell() {
        return series.cell(LabelSet.NONE);
    }

    public void remove(LabelSet labels) {
        series.remove(labels);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder b = HistogramSnapshot.builder().name(name).help(help);
        series.forEach(
                (labels, cell) ->
                        b.dataPoint(
                                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                                        .labels(labels)
                                        .classicHistogramBuckets(cell.buckets(bounds))
                                        .sum(cell.sum.sum())
                                        .build()));
        return b.build();
    }

    /** One series. */
    public static final class Cell {
        private final double[] bounds;
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        private Cell(double[] bounds) {
            this.bounds = bounds;
            this.counts = new LongAdder[bounds.length + 1];
            Arrays.setAll(counts, i -> new LongAdder());
        }

        public void observe(double value) {
            int i = 0;
            while (i < bounds.length && value > bounds[i]) {
                i++;
            }
            counts[i].increment();
            sum.add(value);
        }

        /** How many values were observed. */
        public long count() {
            long n = 0;
            for (LongAdder c : counts) {
                n += c.sum();
            }
            return n;
        }

        private ClassicHistogramBuckets buckets(double[] upper) {
            ClassicHistogramBuckets.Builder b = ClassicHistogramBuckets.builder();
            for (int i = 0; i < upper.length; i++) {
                b.bucket(upper[i], counts[i].sum());
            }
            return b.bucket(Double.POSITIVE_INFINITY, counts[upper.length].sum()).build();
        }
    }
}
