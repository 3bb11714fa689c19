package dev.ambit.ztunnel.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The cells under one set of labels, and how many connections use them. Once forgotten it is not
 * used again: who comes later makes a new one.
 */
final class ConnectionSeries {

    private static final int FORGOTTEN = Integer.MIN_VALUE;

    final CounterVec.Cell openedCell;
    final CounterVec.Cell receivedCell;
    final CounterVec.Cell sentCell;

    private final ConnectionMetrics.Families families;
    private final LabelSet labels;
    private final boolean overflow;

    /**
     * By flag; made with the first end of its kind, so that no series of zero shows. A lost race
     * finds the same cells.
     */
    private final Map<ResponseFlag, Ends> ends = new ConcurrentHashMap<>(2);

    private final AtomicInteger open = new AtomicInteger();

    /** Written by every loop, each with its own now; the last one wins. */
    private volatile long lastUse;

    private record Ends(LabelSet labels, CounterVec.Cell closed, CounterVec.Cell failed) {}

    ConnectionSeries(ConnectionMetrics.Families families, LabelSet labels) {
        this(families, labels, false);
    }

    private ConnectionSeries(
            ConnectionMetrics.Families families, LabelSet labels, boolean overflow) {
        this.families = families;
        this.labels = labels;
        this.overflow = overflow;
        openedCell = families.opened().cell(labels);
        receivedCell = families.received().cell(labels);
        sentCell = families.sent().cell(labels);
    }

    /** Shared by all who found no room; never forgotten. */
    static ConnectionSeries overflow(ConnectionMetrics.Families families, LabelSet labels) {
        ConnectionSeries made = new ConnectionSeries(families, labels, true);
        made.open.set(1);
        return made;
    }

    boolean isOverflow() {
        return overflow;
    }

    boolean isForgotten() {
        return open.get() < 0;
    }

    /** One more connection; false if it is forgotten. */
    boolean enter() {
        int now = open.get();
        while (now >= 0) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
            now = open.get();
        }
        return false;
    }

    void leave(long now) {
        lastUse = now;
        open.decrementAndGet();
    }

    /** Counts an end under its flag. */
    void ended(ResponseFlag flag) {
        Ends known = ends.get(flag);
        if (known == null) {
            known = ends(flag);
            ends.put(flag, known);
        }
        known.closed.increment();
        if (flag != ResponseFlag.NONE) {
            known.failed.increment();
        }
    }

    private Ends ends(ResponseFlag flag) {
        LabelSet flagged = labels.with(TrafficLabels.FLAG, flag.label());
        CounterVec.Cell closed = families.closed().cell(flagged);
        return new Ends(
                flagged,
                closed,
                flag == ResponseFlag.NONE ? closed : families.failed().cell(flagged));
    }

    /** Takes the series out of the exposition unless it has connections or was used since then. */
    boolean forget(long before) {
        if (lastUse - before >= 0 || !open.compareAndSet(0, FORGOTTEN)) {
            return false;
        }
        families.opened().remove(labels);
        families.received().remove(labels);
        families.sent().remove(labels);
        for (Ends e : ends.values()) {
            families.closed().remove(e.labels);
            families.failed().remove(e.labels);
        }
        return true;
    }
}
