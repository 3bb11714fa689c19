package dev.ambit.runtime.net;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * The threads of a process: data loops, one control loop, named background threads and virtual
 * threads for work that blocks. Nothing else creates threads. Loops are platform threads.
 */
public final class EventLoops implements AutoCloseable {

    /**
     * Makes and starts the loops; threads are named {@code <name>-1..n} and {@code <name>-control}.
     */
    public EventLoops(String name, int dataThreads, Transport transport) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The data loops; a connection and its other leg live on one of them. */
    public List<EventLoop> data() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The data loops by turns. */
    public EventLoop nextData() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The loop of admin, xDS state and timers. */
    public EventLoop control() {
        throw new UnsupportedOperationException("not built yet");
    }

    public Transport transport() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Starts a platform thread of that name (a daemon) for work that blocks for its whole life. */
    public Thread background(String name, Runnable task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Virtual threads, for blocking work off the data path. */
    public ExecutorService blocking() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Stops everything, waits up to two seconds. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
