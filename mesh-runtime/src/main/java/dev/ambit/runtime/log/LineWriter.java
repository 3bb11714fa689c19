package dev.ambit.runtime.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Carries lines to the output on a thread of its own. Callers never wait: beyond {@link #LIMIT}
 * lines or {@link #LIMIT_BYTES} in the queue, lines are dropped and counted. The thread gathers
 * lines for a moment and writes them together, so that a burst costs few system calls and callers
 * rarely wake it. Nobody else writes, so an output that is stuck holds up nobody else.
 */
final class LineWriter {

    /** Upstream's bound: about 5 MB of access log. */
    static final int LIMIT = 10_000;

    /** Long lines count by their length. */
    static final long LIMIT_BYTES = 16 * 1024 * 1024;

    /** How long an exit waits for an output that does not take the last lines. */
    static final Duration FLUSH = Duration.ofSeconds(2);

    private static final long GATHER_NANOS = 2_000_000;
    private static final int BATCH_BYTES = 64 * 1024;

    private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final Thread thread;

    /** Set by the writer before it sleeps, read by callers that may have to wake it. */
    private volatile boolean asleep;

    /** Replaced by tests, read by the writer. */
    private volatile OutputStream out;

    LineWriter(OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("log").unstarted(this::work);
        thread.start();
    }

    void write(byte[] line) {
        if (queued.get() >= LIMIT || queuedBytes.get() >= LIMIT_BYTES) {
            dropped.increment();
            return;
        }
        queuedBytes.addAndGet(line.length);
        queued.incrementAndGet();
        queue.add(line);
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    long dropped() {
        return dropped.sum();
    }

    void redirect(OutputStream to) {
        flush(FLUSH);
        out = to;
    }

    /**
     * Waits until all lines queued are written; for exit and tests.
     *
     * @return false if the output did not take them in time
     */
    boolean flush(Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (queued.get() > 0) {
                if (left <= 0) {
                    return false;
                }
                LockSupport.unpark(thread);
                left = progress.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        while (true) {
            int written = writeQueued(batch);
            if (written > 0) {
                if (written < BATCH_BYTES) {
                    LockSupport.parkNanos(this, GATHER_NANOS);
                }
                continue;
            }
            asleep = true;
            if (queue.isEmpty()) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }

    /** How many bytes were written. */
    private int writeQueued(ByteArrayOutputStream batch) {
        int lines = 0;
        byte[] line;
        while (batch.size() < BATCH_BYTES && (line = queue.poll()) != null) {
            lines++;
            batch.writeBytes(line);
        }
        if (lines == 0) {
            return 0;
        }
        int bytes = batch.size();
        emit(batch, lines);
        // Counted out only now: what a stuck output holds belongs to the queue's bound.
        queuedBytes.addAndGet(-bytes);
        queued.addAndGet(-lines);
        lock.lock();
        try {
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        return bytes;
    }

    private void emit(ByteArrayOutputStream batch, int lines) {
        try {
            batch.writeTo(out);
            out.flush();
        } catch (IOException e) {
            // The output is gone (closed pipe); there is nowhere left to say so.
            dropped.add(lines);
        }
        batch.reset();
    }
}
