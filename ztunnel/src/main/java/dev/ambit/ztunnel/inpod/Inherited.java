package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.linux.Descriptors;
import java.util.ArrayList;
import java.util.List;

/**
 * Listening sockets of a pod that another process has opened, by port. Each is taken once; what
 * nobody takes is closed. Owned by whoever starts the pod.
 */
public final class Inherited implements AutoCloseable {

    private final List<Listener> left;
    private final boolean some;

    /**
     * @param datagram UDP, not TCP
     */
    public record Listener(int port, boolean datagram, int descriptor) {}

    /** These sockets. */
    public Inherited(List<Listener> listeners) {
        this.left = new ArrayList<>(listeners);
        this.some = !left.isEmpty();
    }

    /** A pod that starts afresh. */
    public static Inherited nothing() {
        return new Inherited(List.of());
    }

    /** Whether there was anything: such a pod does not accept before it is told to. */
    public boolean some() {
        return some;
    }

    /**
     * The sockets of a port that one of so many loops shall serve. Every queue that exists must be
     * served by someone, so with fewer loops than before a loop serves several.
     */
    public synchronized List<Integer> take(int port, boolean datagram, int loop, int loops) {
        List<Listener> taken = new ArrayList<>();
        int turn = 0;
        for (Listener listener : left) {
            if (listener.port() == port && listener.datagram() == datagram) {
                // Those of earlier loops are gone from the list already.
                if (turn % (loops - loop) == 0) {
                    taken.add(listener);
                }
                turn++;
            }
        }
        left.removeAll(taken);
        return taken.stream().map(Listener::descriptor).toList();
    }

    /** Closes what was not taken. */
    @Override
    public synchronized void close() {
        left.forEach(listener -> Descriptors.close(listener.descriptor()));
        left.clear();
    }
}
