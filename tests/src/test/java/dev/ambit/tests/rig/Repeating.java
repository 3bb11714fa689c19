package dev.ambit.tests.rig;

import java.util.ArrayList;
import java.util.List;

/** Does something again and again on platform threads of its own, until stopped. */
final class Repeating {

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    Repeating(String name, int count, Runnable step) {
        for (int i = 0; i < count; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name(name + "-" + i)
                            .start(
                                    () -> {
                                        while (running) {
                                            step.run();
                                        }
                                    }));
        }
    }

    void stop() {
        running = false;
        try {
            for (Thread t : threads) {
                t.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
