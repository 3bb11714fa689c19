package dev.ambit.runtime.leaks;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * J02: fails a test class after which a buffer was found that nobody released. Registered by its
 * service file; a leak found late fails the next class, with the place that made the buffer.
 */
public final class LeakExtension implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    static void check() {
        collect();
        List<String> leaks = CollectingLeakDetector.take();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaks found:\n" + String.join("\n\n", leaks));
        }
    }

    /** Leaks are found when their owners are garbage and another buffer is made. */
    static void collect() {
        for (int round = 0; round < 2; round++) {
            System.gc();
            for (int i = 0; i < 8; i++) {
                PooledByteBufAllocator.DEFAULT.buffer(16).release();
            }
        }
    }
}
