package dev.ambit.runtime.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries lines to the output on a thread of its own. Callers never wait: beyond {@link #LIMIT}
 * lines in the queue, lines are dropped and counted. The thread gathers lines for a moment and
 * writes them together, so that a burst costs few system calls and callers rarely wake it.
 */
final class LineWriter {

    /** Upstream's bound: about 5 MB of access log. */
    static final int LIMIT = 10_000;

    private static final long GATHER_NANOS = 2_000_000;
    private static final int BATCH_BYTES = 64 * 1024;

    private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
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
        if (queued.get() >= LIMIT) {
            dropped.increment();
            return;
        }
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
        flush();
        out = to;
    }

    /** Writes what is queued on the calling thread; for exit and tests. */
    void flush() {
        writeQueued(new ByteArrayOutputStream());
    }

    private void work() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        while (true) {
            if (writeQueued(batch)) {
                LockSupport.parkNanos(this, GATHER_NANOS);
                continue;
            }
            asleep = true;
            if (queue.isEmpty()) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }

    private synchronized boolean writeQueued(ByteArrayOutputStream batch) {
        boolean any = false;
        byte[] line;
        while ((line = queue.poll()) != null) {
            any = true;
            queued.decrementAndGet();
            batch.writeBytes(line);
            if (batch.size() >= BATCH_BYTES) {
                emit(batch);
            }
        }
        if (any) {
            emit(batch);
        }
        return any;
    }

    private void emit(ByteArrayOutputStream batch) {
        try {
            batch.writeTo(out);
            out.flush();
        } catch (IOException e) {
            // The output is gone (closed pipe); there is nowhere left to say so.
            dropped.increment();
        }
        batch.reset();
    }
}
