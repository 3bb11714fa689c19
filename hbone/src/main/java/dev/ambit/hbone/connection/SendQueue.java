package dev.ambit.hbone.connection;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Payloads of one stream that wait for window or turn, in order; costs nothing while empty. */
final class SendQueue {
    /** A payload, and whether its header may be written in front of it. */
    record Queued(ByteBuf payload, boolean inPlace) {}

    private @Nullable ArrayDeque<Queued> waiting;

    boolean isEmpty() {
        return waiting == null || waiting.isEmpty();
    }

    void add(ByteBuf payload, boolean inPlace) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(new Queued(payload, inPlace));
    }

    @Nullable Queued head() {
        return waiting == null ? null : waiting.peek();
    }

    void dropHead() {
        if (waiting != null) {
            waiting.remove();
        }
    }

    void replaceHead(Queued head) {
        if (waiting != null) {
            waiting.remove();
            waiting.addFirst(head);
        }
    }

    /** Lets go of all that waits. */
    void drop() {
        ArrayDeque<Queued> dropped = waiting;
        waiting = null;
        if (dropped != null) {
            dropped.forEach(queued -> queued.payload().release());
        }
    }
}
