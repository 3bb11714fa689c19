package dev.ambit.tests.upgrade;

import dev.ambit.tests.mesh.Talk;
import dev.ambit.tests.mesh.TestPod;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens so many connections a second whatever became of those before, by turns into the mesh and
 * out of it; each asks one thing, and its time counts from when it was to begin.
 */
final class Newcomers implements AutoCloseable {

    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("newcomers").factory());

    /** Platform threads: only these enter a network namespace. */
    private final ExecutorService connecting =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().daemon().name("newcomer-", 0).factory());

    private volatile boolean counting;
    private volatile boolean paused;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    Newcomers(TestPod client, String inside, String outside, int perSecond) {
        clock.scheduleAtFixedRate(
                () -> {
                    if (paused) {
                        return;
                    }
                    boolean mesh = begun.getAndIncrement() % 2 == 0;
                    long start = System.nanoTime();
                    connecting.execute(
                            () -> one(client, mesh ? inside : outside, mesh ? 8001 : 9001, start));
                },
                0,
                1_000_000_000L / perSecond,
                TimeUnit.NANOSECONDS);
    }

    private void one(TestPod client, String ip, int port, long start) {
        try {
            if (Talk.once(client, ip, port, "new").equals("new")) {
                if (counting) {
                    nanos.add(System.nanoTime() - start);
                }
            } else {
                refused.incrementAndGet();
            }
        } finally {
            ended.incrementAndGet();
        }
    }

    /** From now on their times count. */
    void count() {
        counting = true;
    }

    /** Until so many more have been answered. */
    void awaitMore(int count) {
        long until = ended.get() + count;
        dev.ambit.tests.mesh.Eventually.holds(
                count + " new connections have ended", () -> ended.get() >= until);
    }

    /** Does something while none is open. */
    void without(Runnable action) {
        paused = true;
        nobody();
        action.run();
        paused = false;
    }

    /** No more; comes back when the last has been answered. */
    void stop() {
        paused = true;
        nobody();
        clock.shutdown();
    }

    private void nobody() {
        dev.ambit.tests.mesh.Eventually.holds(
                "every new connection has ended", () -> ended.get() == begun.get());
    }

    int refused() {
        return refused.get();
    }

    /** Of those that were served, in order. */
    List<Long> millis() {
        return nanos.stream().map(TimeUnit.NANOSECONDS::toMillis).sorted().toList();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        connecting.shutdownNow();
    }
}
