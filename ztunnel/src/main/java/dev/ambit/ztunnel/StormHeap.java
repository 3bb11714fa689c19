package dev.ambit.ztunnel;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives back what a storm of connections left in the heap. The serial collector does not look at
 * old objects while there is room for more, and takes room up to the limit. A whole collection
 * stops everything for some tens of milliseconds: so while next to nothing goes on, or when what is
 * in use has doubled and more. On one loop.
 */
final class StormHeap {
    static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /** Less is not worth it. */
    static final long WORTH_BYTES = 8 << 20;

    /** So much above twice of what was in use is too much to wait for a quiet time. */
    static final long TOO_MUCH_BYTES = 32 << 20;

    /** A twentieth of one core. */
    private static final long QUIET = LOOK_EVERY.toNanos() / 20;

    private final LongSupplier usedBytes;
    private final LongSupplier cpuNanos;
    private final Runnable collect;

    private long kept = Long.MAX_VALUE / 4;
    private long cpu;

    StormHeap(LongSupplier usedBytes, LongSupplier cpuNanos, Runnable collect) {
        this.usedBytes = usedBytes;
        this.cpuNanos = cpuNanos;
        this.collect = collect;
        this.cpu = cpuNanos.getAsLong();
    }

    /** Watches this process for as long as the loop runs. */
    static void watch(EventLoop loop) {
        Runtime runtime = Runtime.getRuntime();
        StormHeap heap =
                new StormHeap(
                        () -> runtime.totalMemory() - runtime.freeMemory(),
                        StormHeap::processCpu,
                        System::gc);
        long period = LOOK_EVERY.toMillis();
        loop.scheduleWithFixedDelay(heap::look, period, period, TimeUnit.MILLISECONDS);
    }

    private static long processCpu() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                // Not told: never quiet, which leaves the upper bound.
                .orElseGet(System::nanoTime);
    }

    void look() {
        long before = cpu;
        cpu = cpuNanos.getAsLong();
        long used = usedBytes.getAsLong();
        boolean quiet = cpu - before < QUIET;
        if (used > kept + (quiet ? WORTH_BYTES : kept + TOO_MUCH_BYTES)) {
            collect.run();
            kept = usedBytes.getAsLong();
        } else {
            kept = Math.min(kept, used);
        }
    }
}
