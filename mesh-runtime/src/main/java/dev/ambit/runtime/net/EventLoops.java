package dev.ambit.runtime.net;

import dev.ambit.runtime.log.Log;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a process: data loops, one control loop, named background threads and virtual
 * threads for work that blocks. Nothing else creates threads. Loops are platform threads, so {@code
 * Netns.call} is safe on them. All are daemons: the main thread decides when the process ends.
 */
public final class EventLoops implements AutoCloseable {

    private static final Log LOG = Log.get("runtime");
    private static final long STOP_MILLIS = 2_000;
    private static final int LOOP_LOST = 3;

    /**
     * Loops turn on until nothing has happened for so long: on io_uring a channel has ended, and
     * given back its TLS engine, only when the kernel has answered.
     */
    private static final long QUIET_MILLIS = 10;

    private final Transport transport;
    private final IoEventLoopGroup dataGroup;
    private final IoEventLoopGroup controlGroup;
    private final List<EventLoop> data;
    private final EventLoop control;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Thread> background = ConcurrentHashMap.newKeySet();
    private final ExecutorService blocking;
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * Threads are named {@code <name>-1..n} and {@code <name>-control}; they start on first use.
     */
    public EventLoops(String name, int dataThreads, Transport transport) {
        if (dataThreads < 1) {
            throw new IllegalArgumentException("data threads: " + dataThreads + " (expected: > 0)");
        }
        this.transport = transport;
        LoopThreads threads = new LoopThreads(closing::get, EventLoops::endProcess);
        this.dataGroup =
                new MultiThreadIoEventLoopGroup(
                        dataThreads, threads.numbered(name + "-"), transport.ioHandlers());
        this.controlGroup =
                new MultiThreadIoEventLoopGroup(
                        1, threads.single(name + "-control"), transport.ioHandlers());
        this.data = loops(dataGroup);
        this.control = controlGroup.next();
        this.blocking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name(name + "-blocking-", 0).factory());
    }

    /** As a process without heap does (-XX:+ExitOnOutOfMemoryError): to be started again. */
    private static void endProcess() {
        Runtime.getRuntime().halt(LOOP_LOST);
    }

    private static List<EventLoop> loops(IoEventLoopGroup group) {
        List<EventLoop> loops = new ArrayList<>();
        for (EventExecutor e : group) {
            loops.add((EventLoop) e);
        }
        return List.copyOf(loops);
    }

    /** The data loops; a connection and its other leg live on one of them. */
    public List<EventLoop> data() {
        return data;
    }

    /** The data loops by turns. */
    public EventLoop nextData() {
        return data.get(Math.floorMod(turn.getAndIncrement(), data.size()));
    }

    /** The loop of admin, xDS state and timers. */
    public EventLoop control() {
        return control;
    }

    public Transport transport() {
        return transport;
    }

    /**
     * Starts a platform thread of that name (a daemon) for work that blocks for its whole life. It
     * is interrupted when the loops close.
     */
    public Thread background(String name, Runnable task) {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(name)
                        .unstarted(
                                () -> {
                                    try {
                                        task.run();
                                    } catch (RuntimeException | Error e) {
                                        LOG.error(
                                                "background thread ended",
                                                "thread",
                                                name,
                                                "error",
                                                e);
                                    } finally {
                                        background.remove(Thread.currentThread());
                                    }
                                });
        background.add(thread);
        thread.start();
        return thread;
    }

    /** Virtual threads, for blocking work off the data path. */
    public ExecutorService blocking() {
        return blocking;
    }

    /** Stops everything, waits up to two seconds. */
    @Override
    public void close() {
        closing.set(true);
        background.forEach(Thread::interrupt);
        blocking.shutdownNow();
        Future<?> dataEnd =
                dataGroup.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> controlEnd =
                controlGroup.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS);
        boolean dataStopped = dataEnd.awaitUninterruptibly(STOP_MILLIS, TimeUnit.MILLISECONDS);
        boolean controlStopped =
                controlEnd.awaitUninterruptibly(STOP_MILLIS, TimeUnit.MILLISECONDS);
        if (!dataStopped || !controlStopped) {
            LOG.warn("event loops did not stop in time", "millis", STOP_MILLIS);
        }
    }
}
