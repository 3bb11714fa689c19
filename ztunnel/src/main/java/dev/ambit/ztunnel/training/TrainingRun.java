package dev.ambit.ztunnel.training;

import dev.ambit.ztunnel.Main;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Starts the proxy as a node does, sends some connections through it, and ends it as a node does:
 * what was loaded, linked and resolved meanwhile is what the cache holds. Needs a network namespace
 * of its own, set up by {@code ztunnel/aot}; what that could not arrange is simply not trained.
 */
public final class TrainingRun {

    /** However it goes, a build does not wait longer. */
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static final int BULK_BYTES = 64 << 20;

    private TrainingRun() {}

    /**
     * @param arguments the node agent's socket, the pod's address
     */
    public static void main(String[] arguments) {
        background("limit", TrainingRun::giveUp);
        background("agent", new TrainingAgent(Path.of(arguments[0])));
        background("traffic", new TrainingTraffic(arguments[1], BULK_BYTES));
        Main.main(new String[] {"proxy"});
    }

    private static void giveUp() {
        try {
            Thread.sleep(LIMIT);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(3);
    }

    private static void background(String name, Runnable task) {
        Thread.ofPlatform().daemon().name("training-" + name).start(task);
    }
}
