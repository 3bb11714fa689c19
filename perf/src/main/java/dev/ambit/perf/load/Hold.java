package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import java.util.concurrent.CompletableFuture;

/**
 * Opens connections, has one answer on each, and keeps them until it is ended. Some at a time, so
 * that no queue of the path overflows.
 */
final class Hold implements HttpConnection.Owner {

    private static final int AT_A_TIME = 16;

    private final Settings settings;
    private final Bootstrap client;
    private final int wanted;
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private int begun;
    private int held;
    private int failed;

    private Hold(Loop loop, Settings settings) {
        this.settings = settings;
        this.client = loop.client(() -> new HttpConnection(this));
        this.wanted = settings.number("connections");
    }

    static String run(Loop loop, Settings settings) {
        Hold hold = new Hold(loop, settings);
        loop.thread()
                .execute(
                        () -> {
                            for (int i = 0; i < AT_A_TIME; i++) {
                                hold.next();
                            }
                        });
        return hold.broken.join();
    }

    private void next() {
        if (begun < wanted) {
            begun++;
            client.connect(settings.target())
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    over(false);
                                }
                            });
        }
    }

    private void over(boolean kept) {
        held += kept ? 1 : 0;
        failed += kept ? 0 : 1;
        if (held + failed == wanted) {
            System.out.println("{\"held\": " + held + ", \"failed\": " + failed + "}");
        }
        next();
    }

    @Override
    public void connected(HttpConnection connection) {
        long now = System.nanoTime();
        connection.send(now, now);
    }

    @Override
    public void answered(HttpConnection connection) {
        over(true);
    }

    @Override
    public void lost(HttpConnection connection) {
        broken.completeExceptionally(new IllegalStateException("a held connection was closed"));
    }
}
