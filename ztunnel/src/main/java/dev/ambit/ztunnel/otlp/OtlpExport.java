package dev.ambit.ztunnel.otlp;

import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.telemetry.ConnectionSink;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/**
 * Carries ends of connections to a collector on a thread of its own. The data path only puts them
 * into a bounded queue; what finds no room is counted and gone, so a collector that is dead or slow
 * costs nothing but its own view.
 */
public final class OtlpExport implements ConnectionSink, AutoCloseable {

    private static final Log LOG = Log.get("otlp");

    /** OpenTelemetry's own bounds of a batch. */
    private static final int BATCH = 512;

    private static final long GATHER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentLinkedQueue<Report> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final int limit;
    private final Signals signals;
    private final Thread thread;
    private final CounterVec.Cell dropped;
    private final CounterVec exported;
    private final CounterVec failed;

    /** Set by {@link #close}, read by the thread. */
    private volatile boolean closed;

    private boolean troubled;

    private OtlpExport(
            TelemetryConfig.Export config,
            Signals signals,
            MetricsRegistry metrics,
            BiFunction<String, Runnable, Thread> threads) {
        this.limit = config.queue();
        this.signals = signals;
        this.dropped =
                metrics.register(
                                CounterVec.total(
                                        "ambit_otlp_dropped",
                                        "Ends of connections not exported: the queue was full"))
                        .cell();
        this.exported =
                metrics.register(
                        CounterVec.total("ambit_otlp_exported", "Records the collector has taken"));
        this.failed =
                metrics.register(
                        CounterVec.total(
                                "ambit_otlp_failed", "Records the collector has not taken"));
        this.thread = threads.apply("otlp", this::work);
    }

    /**
     * @param threads starts a thread of that name for that work
     */
    public static OtlpExport start(
            TelemetryConfig.Export config,
            MetricsRegistry metrics,
            BiFunction<String, Runnable, Thread> threads) {
        return new OtlpExport(config, Signals.of(config), metrics, threads);
    }

    @Override
    public void ended(Report report) {
        if (queued.incrementAndGet() > limit) {
            queued.decrementAndGet();
            dropped.increment();
            return;
        }
        queue.add(report);
        if (queued.get() == BATCH) {
            LockSupport.unpark(thread);
        }
    }

    /** Sends what waits, within the time of one call, and ends. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(signals.timeout().multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        signals.close();
    }

    private void work() {
        while (!closed) {
            LockSupport.parkNanos(this, GATHER_NANOS);
            sendAll();
        }
        sendAll();
    }

    private void sendAll() {
        List<Report> batch = new ArrayList<>();
        do {
            batch.clear();
            Report next;
            while (batch.size() < BATCH && (next = queue.poll()) != null) {
                batch.add(next);
            }
            if (!batch.isEmpty()) {
                queued.addAndGet(-batch.size());
                send(batch);
            }
        } while (batch.size() == BATCH);
    }

    private void send(List<Report> batch) {
        // Both calls go out before either is waited for.
        Signals.Sent spans = signals.spans(batch);
        Signals.Sent logs = signals.logs(batch);
        boolean tracesTaken = taken("traces", spans);
        boolean well = taken("logs", logs) && tracesTaken;
        if (well == troubled) {
            troubled = !well;
            if (troubled) {
                LOG.warn("collector does not take what it is sent", "endpoint", signals.target());
            } else {
                LOG.info("collector takes what it is sent again", "endpoint", signals.target());
            }
        }
    }

    private boolean taken(String signal, Signals.Sent sent) {
        if (sent.records() == 0) {
            return true;
        }
        CompletableResultCode result =
                sent.result().join(signals.timeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
        boolean well = result.isSuccess();
        (well ? exported : failed).cell(LabelSet.of("signal", signal)).add(sent.records());
        return well;
    }
}
