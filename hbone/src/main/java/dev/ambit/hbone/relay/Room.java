package dev.ambit.hbone.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of what is in kernel pipes may be taken into memory when relays move. Pipes whose
 * readers read are empty in no time; those of readers that do not would fill two processes' memory.
 * Shared by all that move; any thread.
 */
public final class Room {
    private final AtomicLong left;
    private final Duration patience;

    /**
     * @param bytes of all relays that move
     * @param patience how long a relay's pipes may take to run empty before that is used
     */
    public Room(long bytes, Duration patience) {
        this.left = new AtomicLong(bytes);
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** Takes so much of it, if there is as much. */
    boolean take(long bytes) {
        return left.getAndUpdate(now -> now >= bytes ? now - bytes : now) >= bytes;
    }
}
