package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Pod;
import dev.ambit.demo.bed.Running;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One pod from its sandbox to its end. Owned by the cluster's thread. */
final class PodLife {

    /** Where in its life a pod is; it only moves down this list. */
    enum Phase {
        /** Has a namespace and an address, no process: waits to be captured by the mesh. */
        SANDBOX,
        /** Its process runs and is not ready yet. */
        STARTING,
        READY,
        /** Said to be going away; its process still answers what was sent before the mesh knew. */
        LEAVING,
        /** Its process has been asked to end. */
        ENDING
    }

    private final PodTemplate template;
    private final String name;
    private final Pod place;
    private final String uid = UUID.randomUUID().toString();
    private final Instant created = Instant.now();
    private Phase phase = Phase.SANDBOX;
    private long sinceNanos = System.nanoTime();
    private int restarts;
    private @Nullable Running process;
    private boolean complained;

    PodLife(PodTemplate template, String name, Pod place) {
        this.template = template;
        this.name = name;
        this.place = place;
    }

    PodTemplate template() {
        return template;
    }

    String name() {
        return name;
    }

    Pod place() {
        return place;
    }

    String uid() {
        return uid;
    }

    Instant created() {
        return created;
    }

    Phase phase() {
        return phase;
    }

    boolean ready() {
        return phase == Phase.READY;
    }

    boolean wanted() {
        return phase.compareTo(Phase.LEAVING) < 0;
    }

    int restarts() {
        return restarts;
    }

    @Nullable Running process() {
        return process;
    }

    void move(Phase next) {
        phase = next;
        sinceNanos = System.nanoTime();
        complained = false;
    }

    void started(Running running) {
        process = running;
        move(Phase.STARTING);
    }

    /** Its process ended by itself: the next one is started after a pause. */
    void fell() {
        restarts++;
        process = null;
        move(Phase.SANDBOX);
    }

    /** Time in the present phase. */
    long nanos() {
        return System.nanoTime() - sinceNanos;
    }

    /** True once per phase: so that a complaint about it is made once. */
    boolean complainOnce() {
        boolean first = !complained;
        complained = true;
        return first;
    }
}
