package dev.ambit.hbone.connection;

import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The streams of a connection that are not over, and the numbers used so far. */
final class StreamTable {
    private final Role role;
    private final IntObjectHashMap<TunnelStream> streams = new IntObjectHashMap<>(8);
    private int nextLocal = 1;
    private int lastPeer;

    StreamTable(Role role) {
        this.role = role;
    }

    @Nullable TunnelStream get(int id) {
        return streams.get(id);
    }

    int size() {
        return streams.size();
    }

    void add(TunnelStream stream) {
        streams.put(stream.id(), stream);
    }

    void remove(TunnelStream stream) {
        streams.remove(stream.id());
    }

    /** The client's next number; negative when they are used up. */
    int nextLocal() {
        int id = nextLocal;
        nextLocal += 2;
        return id;
    }

    boolean numbersLeft() {
        return nextLocal > 0;
    }

    /** The server took note of the client's stream. */
    void lastPeer(int id) {
        lastPeer = id;
    }

    int lastPeer() {
        return lastPeer;
    }

    /**
     * Whether a frame for this number can only be a mistake, because the stream was never opened
     * (RFC 9113 section 5.1).
     */
    boolean idle(int id) {
        if (role == Role.CLIENT) {
            return (id & 1) == 0 || id >= nextLocal;
        }
        return (id & 1) == 0 || id > lastPeer;
    }

    /** A copy, so that streams may end meanwhile. */
    List<TunnelStream> where(Predicate<TunnelStream> match) {
        List<TunnelStream> found = new ArrayList<>();
        for (TunnelStream stream : streams.values()) {
            if (match.test(stream)) {
                found.add(stream);
            }
        }
        return found;
    }
}
