package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Requests at a fixed rate over kept connections, each with the time it was meant to start at. A
 * request that finds no free connection waits, and its wait counts: latency is from the intended
 * start to the answer, so a stall shows in every request it delayed (no coordinated omission). What
 * is not answered in the end counts with the time it had waited by then. {@code service_*} is from
 * the send, for comparison.
 */
final class OpenLoop implements HttpConnection.Owner {

    /** How long answers are waited for when all has been sent. */
    private static final int PATIENCE_SECONDS = 5;

    private final Loop loop;
    private final Settings settings;
    private final int connections;
    private final long unmeasured;
    private final long total;
    private final List<HttpConnection> all = new ArrayList<>();
    private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
    private final Latencies fromIntended = new Latencies();
    private final Latencies fromSend = new Latencies();
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private Schedule schedule;
    private long next;
    private long answered;

    private OpenLoop(Loop loop, Settings settings) {
        this.loop = loop;
        this.settings = settings;
        this.connections = settings.number("connections");
        int rate = settings.number("rate");
        this.unmeasured = (long) rate * settings.number("warm", 0);
        this.total = unmeasured + (long) rate * settings.number("secs");
        this.schedule = new Schedule(0, rate, total);
    }

    static String run(Loop loop, Settings settings) {
        OpenLoop open = new OpenLoop(loop, settings);
        Bootstrap client = loop.client(() -> new HttpConnection(open));
        for (int i = 0; i < open.connections; i++) {
            client.connect(settings.target())
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    open.result.completeExceptionally(done.cause());
                                }
                            });
        }
        return open.result.join();
    }

    @Override
    public void connected(HttpConnection connection) {
        all.add(connection);
        idle.add(connection);
        if (all.size() == connections) {
            schedule = new Schedule(System.nanoTime(), schedule.perSecond(), total);
            loop.thread()
                    .schedule(
                            this::finish,
                            total / schedule.perSecond() + PATIENCE_SECONDS,
                            TimeUnit.SECONDS);
            tick();
        }
    }

    private void tick() {
        sendWhatIsDue();
        if (next < total) {
            // Not if all connections are busy: then the next answer sends, and this one only looks.
            long wait = Math.max(0, schedule.dueNanos(Math.max(next, due())) - System.nanoTime());
            loop.thread().schedule(this::tick, wait, TimeUnit.NANOSECONDS);
        }
    }

    private long due() {
        return schedule.dueBy(System.nanoTime());
    }

    private void sendWhatIsDue() {
        long now = System.nanoTime();
        long due = schedule.dueBy(now);
        while (next < due && !idle.isEmpty()) {
            idle.poll().send(schedule.dueNanos(next), now);
            next++;
        }
    }

    @Override
    public void answered(HttpConnection connection) {
        long now = System.nanoTime();
        answered++;
        if (add(now, connection.intendedNanos())) {
            fromSend.add(now - connection.sentNanos());
        }
        idle.add(connection);
        sendWhatIsDue();
        if (answered == total) {
            finish();
        }
    }

    private void finish() {
        long now = System.nanoTime();
        all.stream().filter(c -> !idle.contains(c)).forEach(c -> add(now, c.intendedNanos()));
        for (long unsent = next; unsent < total; unsent++) {
            add(now, schedule.dueNanos(unsent));
        }
        result.complete(
                String.format(
                        Locale.ROOT,
                        "{\"rate\": %d, \"requests\": %d, \"unanswered\": %d, %s, %s,"
                                + " \"load_cpu_s\": %.2f}",
                        schedule.perSecond(),
                        fromIntended.count(),
                        total - answered,
                        fromIntended.json(""),
                        fromSend.json("service_"),
                        OwnCpu.seconds()));
    }

    /** Unless it was of the warm-up. */
    private boolean add(long now, long intendedNanos) {
        boolean measured = intendedNanos >= schedule.dueNanos(unmeasured);
        if (measured) {
            fromIntended.add(now - intendedNanos);
        }
        return measured;
    }

    @Override
    public void lost(HttpConnection connection) {
        result.completeExceptionally(new IllegalStateException("a kept connection was closed"));
    }
}
