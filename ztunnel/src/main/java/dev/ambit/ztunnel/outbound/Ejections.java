package dev.ambit.ztunnel.outbound;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Workloads that did not answer lately, by uid: other endpoints go before them. Each pod learns for
 * itself, since what it cannot reach others may. Confined to a loop.
 */
final class Ejections {

    /** More at a time says that the trouble is near, not with the endpoints. */
    static final int MOST = 256;

    private final long nanos;
    private final LongSupplier clock;

    /** Until when; all last equally long, so the order is that of their ends. */
    private final Map<String, Long> until = new LinkedHashMap<>();

    private final Predicate<String> avoided = until::containsKey;

    Ejections(Duration time, LongSupplier nanoClock) {
        this.nanos = time.toNanos();
        this.clock = nanoClock;
    }

    /** Whom to avoid now; null: nobody. */
    @Nullable Predicate<String> avoided() {
        if (until.isEmpty()) {
            return null;
        }
        long now = clock.getAsLong();
        Iterator<Long> ends = until.values().iterator();
        while (ends.hasNext() && ends.next() - now <= 0) {
            ends.remove();
        }
        return until.isEmpty() ? null : avoided;
    }

    /** It did not answer; false if that changes nothing. */
    boolean eject(String uid) {
        if (nanos == 0 || isFull()) {
            return false;
        }
        boolean known = until.remove(uid) != null;
        until.put(uid, clock.getAsLong() + nanos);
        return !known;
    }

    private boolean isFull() {
        return until.size() >= MOST && avoided() != null && until.size() >= MOST;
    }

    /** It answered, so it is there again. */
    void answered(String uid) {
        if (!until.isEmpty()) {
            until.remove(uid);
        }
    }
}
