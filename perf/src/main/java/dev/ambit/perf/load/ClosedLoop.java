package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * As many requests as kept connections give: each sends the next when the last is answered. Good
 * for requests/s and CPU per request; its latencies leave out what a waiting client would have
 * sent.
 */
final class ClosedLoop implements HttpConnection.Owner {

    private final Settings settings;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private final Latencies latencies = new Latencies();
    private long startNanos;
    private long endNanos;
    private int ended;

    private ClosedLoop(Settings settings) {
        this.settings = settings;
    }

    static String run(Loop loop, Settings settings) {
        ClosedLoop closed = new ClosedLoop(settings);
        Bootstrap client = loop.client(() -> new HttpConnection(closed));
        for (int i = 0; i < settings.number("connections"); i++) {
            client.connect(settings.target())
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    closed.result.completeExceptionally(done.cause());
                                }
                            });
        }
        return closed.result.join();
    }

    private void finish() {
        result.complete(
                String.format(
                        Locale.ROOT,
                        "{\"requests\": %d, \"seconds\": %.4f, %s, \"load_cpu_s\": %.2f}",
                        latencies.count(),
                        (endNanos - startNanos) / 1e9,
                        latencies.json(""),
                        OwnCpu.seconds()));
    }

    @Override
    public void connected(HttpConnection connection) {
        long now = System.nanoTime();
        if (startNanos == 0) {
            startNanos = now;
            endNanos = now + TimeUnit.SECONDS.toNanos(settings.number("secs"));
        }
        connection.send(now, now);
    }

    @Override
    public void answered(HttpConnection connection) {
        long now = System.nanoTime();
        latencies.add(now - connection.sentNanos());
        if (now < endNanos) {
            connection.send(now, now);
        } else if (++ended == settings.number("connections")) {
            finish();
        }
    }

    @Override
    public void lost(HttpConnection connection) {
        result.completeExceptionally(new IllegalStateException("a kept connection was closed"));
    }
}
