package dev.ambit.runtime.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Time that moves only when told: a clock and a scheduler that agree. Tasks run on the thread that
 * advances the time; what is executed without delay runs at once. For one test thread.
 */
public final class ManualTime {

    private final PriorityQueue<ManualTask<?>> tasks = new PriorityQueue<>();
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final InstantSource source = this::now;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long order;
    private boolean running;

    public Clock clock() {
        return source.withZone(ZoneOffset.UTC);
    }

    public Instant now() {
        return now;
    }

    public ScheduledExecutorService scheduler() {
        return new ManualScheduler(this);
    }

    /** Moves on and runs what is due, in order of its time. */
    public void advance(Duration by) {
        Instant end = now.plus(by);
        ManualTask<?> next = tasks.peek();
        while (next != null && !next.due().isAfter(end)) {
            tasks.poll();
            now = next.due().isAfter(now) ? next.due() : now;
            run(next);
            next = tasks.peek();
        }
        now = end;
    }

    /** Number of tasks waiting; a teardown asserts zero. */
    public int pending() {
        return tasks.size();
    }

    /** Runs at once; what a running task executes runs after it. */
    void run(Runnable task) {
        ready.add(task);
        if (running) {
            return;
        }
        running = true;
        try {
            Runnable next;
            while ((next = ready.poll()) != null) {
                next.run();
            }
        } finally {
            running = false;
        }
    }

    <T> ManualTask<T> add(ManualTask<T> task) {
        tasks.add(task);
        return task;
    }

    void remove(ManualTask<?> task) {
        tasks.remove(task);
    }

    long nextOrder() {
        return order++;
    }
}
