package dev.ambit.tests.rig;

import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Asks for decisions all the time and compares each with the reference evaluator. */
final class Decisions {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(40);

    private final Stage stage;
    private final Repeating repeating;
    private final Reference always = new Reference(true);
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger allowed = new AtomicInteger();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean steady;

    Decisions(Stage stage) {
        this.stage = stage;
        this.repeating = new Repeating("decisions", 1, this::once);
    }

    /** From now on a connection that is allowed must also succeed. */
    void steady() {
        steady = true;
    }

    int asked() {
        return asked.get();
    }

    Verdict judge() {
        repeating.stop();
        return new Verdict(
                "%d decisions, %d allowed".formatted(asked.get(), allowed.get()), 0, faults);
    }

    private void once() {
        ask(stage.server(), always);
        ask(stage.flip(), stage.flipPolicy());
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private void ask(TestPod target, Reference reference) {
        boolean mustWork = steady;
        long from = System.nanoTime();
        boolean got;
        try (Session s = stage.open(stage.victim(), target, PATIENCE)) {
            got = s.exchange(1);
        } catch (IOException refused) {
            got = false;
        }
        long to = System.nanoTime();
        asked.incrementAndGet();
        allowed.addAndGet(got ? 1 : 0);
        if ((got || mustWork) && !reference.right(got, from, to)) {
            faults.add("victim to %s was %s".formatted(target.name(), got ? "ALLOWED" : "refused"));
        }
    }
}
