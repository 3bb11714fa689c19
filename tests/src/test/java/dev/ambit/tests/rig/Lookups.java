package dev.ambit.tests.rig;

import dev.ambit.tests.mesh.NameServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A pod asks for names all the time: one of the mesh, which the proxy knows, and one beyond, which
 * it asks its name server for. While a fault lasts there may be no answer; nothing excuses a wrong
 * one.
 */
final class Lookups {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Stage stage;
    private final Repeating repeating;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean meshNames;
    private volatile boolean steady;

    /**
     * @param always whether names of the mesh must be answered at any time
     */
    Lookups(Stage stage, boolean always) {
        this.stage = stage;
        this.meshNames = always;
        this.repeating = new Repeating("names", 1, this::once);
    }

    /** From now on every question must be answered. */
    void steady() {
        meshNames = true;
        steady = true;
    }

    Verdict judge() {
        repeating.stop();
        return new Verdict(
                "%d lookups, %d unanswered".formatted(asked.get(), unanswered.get()), 0, faults);
    }

    private void once() {
        ask(Stage.MESH_NAME, Stage.MESH_ADDRESS, meshNames);
        ask(Stage.OUTER_NAME, NameServer.ANSWER, steady);
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private void ask(String name, String right, boolean mustWork) {
        String answer = stage.lookUp(name);
        asked.incrementAndGet();
        if (answer.equals(right)) {
            return;
        }
        boolean none = answer.isEmpty() || answer.startsWith("code ");
        if (none) {
            unanswered.incrementAndGet();
        }
        if (!none || mustWork) {
            faults.add("%s is \"%s\"".formatted(name, answer));
        }
    }
}
