package dev.ambit.ztunnel.policy;

import dev.ambit.hbone.relay.Room;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One time through what can leave this process, a few connections at a time. Each is tried once:
 * what cannot leave now does not keep those behind it here. Any thread.
 */
public final class Pass {
    private final int most;
    private final boolean pairs;
    private final Room room;
    private final AtomicInteger tried = new AtomicInteger();

    /**
     * @param most of each loop at a time
     * @param pairs also what came from a pod to another of this process without a tunnel
     * @param room for what is in kernel pipes; what finds none stays
     */
    public Pass(int most, boolean pairs, Room room) {
        this.most = most;
        this.pairs = pairs;
        this.room = room;
    }

    int most() {
        return most;
    }

    boolean pairs() {
        return pairs;
    }

    Room room() {
        return room;
    }

    void tries() {
        tried.incrementAndGet();
    }

    /** How many have been tried so far. */
    public int tried() {
        return tried.get();
    }
}
