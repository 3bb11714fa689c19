package dev.ambit.cni.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When a pod whose step failed is tried again: 250 ms, doubled up to 5 s. Confined to one thread.
 */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private record Wait(Instant until, Duration pause) {}

    private final Map<String, Wait> waits = new HashMap<>();

    boolean blocks(String uid, Instant now) {
        Wait wait = waits.get(uid);
        return wait != null && now.isBefore(wait.until());
    }

    void failed(String uid, Instant now) {
        Wait before = waits.get(uid);
        Duration pause = before == null ? FIRST : before.pause().multipliedBy(2);
        Duration bounded = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
        waits.put(uid, new Wait(now.plus(bounded), bounded));
    }

    void succeeded(String uid) {
        waits.remove(uid);
    }

    int size() {
        return waits.size();
    }

    /** The earliest end of a wait. */
    Optional<Instant> next() {
        return waits.values().stream().map(Wait::until).min(Instant::compareTo);
    }
}
