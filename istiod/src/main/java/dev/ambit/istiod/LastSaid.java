package dev.ambit.istiod;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What a log has said of late, so that it need not say so again at once. Thread-safe. */
final class LastSaid {
    private static final int LIMIT = 100;

    private final long againNanos;
    private final Map<String, Long> said = new HashMap<>();

    LastSaid(Duration again) {
        this.againNanos = again.toNanos();
    }

    /** Whether it is to be said now. */
    synchronized boolean add(String text) {
        long now = System.nanoTime();
        Long before = said.get(text);
        if (before != null && now - before < againNanos) {
            return false;
        }
        if (said.size() >= LIMIT) {
            said.clear();
        }
        said.put(text, now);
        return true;
    }
}
