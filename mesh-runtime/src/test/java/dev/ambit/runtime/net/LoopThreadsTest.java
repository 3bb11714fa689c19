package dev.ambit.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** J03: a process without one of its loops would accept connections and serve none. */
final class LoopThreadsTest {

    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger lost = new AtomicInteger();
    private final ThreadFactory threads =
            new LoopThreads(closing::get, lost::incrementAndGet).numbered("loop-");

    private void run(Runnable loop) throws InterruptedException {
        Thread thread = threads.newThread(loop);
        // What a test throws on purpose need not be printed.
        thread.setUncaughtExceptionHandler((dead, why) -> {});
        thread.start();
        thread.join();
    }

    @Test
    void aLoopThatEndsByItselfEndsTheProcess() throws InterruptedException {
        run(
                () -> {
                    throw new OutOfMemoryError("of a test");
                });
        assertThat(lost).hasValue(1);
        run(() -> {});
        assertThat(lost).hasValue(2);
    }

    @Test
    void aLoopThatIsClosedEndsNothing() throws InterruptedException {
        run(() -> closing.set(true));
        assertThat(lost).hasValue(0);
    }
}
