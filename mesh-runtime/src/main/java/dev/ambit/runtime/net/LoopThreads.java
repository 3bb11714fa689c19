package dev.ambit.runtime.net;

import dev.ambit.runtime.log.Log;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Threads of event loops. A loop ends when it is closed and never before. If one does (an error of
 * its transport that nobody can catch), its sockets are still there: the kernel goes on accepting
 * connections which nobody will ever serve. Then the process must end, to be started again.
 */
final class LoopThreads {

    private static final Log LOG = Log.get("runtime");

    private final BooleanSupplier closing;
    private final Runnable lost;

    /**
     * @param closing whether loops may end
     * @param lost called on the thread of a loop that has ended otherwise
     */
    LoopThreads(BooleanSupplier closing, Runnable lost) {
        this.closing = closing;
        this.lost = lost;
    }

    /** Prefix and a number. */
    ThreadFactory numbered(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> thread(task, prefix + number.incrementAndGet());
    }

    ThreadFactory single(String name) {
        return task -> thread(task, name);
    }

    private Thread thread(Runnable task, String name) {
        Thread thread = new FastThreadLocalThread(() -> run(task, name), name);
        thread.setDaemon(true);
        return thread;
    }

    private void run(Runnable task, String name) {
        try {
            task.run();
        } finally {
            if (!closing.getAsBoolean()) {
                LOG.error(
                        "AMB1002 an event loop has ended, and the process ends with it",
                        "thread",
                        name,
                        "why",
                        "logged before by the loop; often no direct memory is left",
                        "do",
                        "let it be started again; raise -XX:MaxDirectMemorySize if it was memory");
                lost.run();
            }
        }
    }
}
