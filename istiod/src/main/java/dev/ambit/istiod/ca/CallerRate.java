package dev.ambit.istiod.ca;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many requests one caller may make, so that a node that storms does not keep the others
 * waiting (reliability.md B12): a bucket per caller. Thread-safe.
 */
final class CallerRate {

    /** A node warming up all its pods after a restart. */
    static final int BURST = 1000;

    static final int PER_SECOND = 100;

    /** Nodes and waypoints of a large cluster; the one longest silent goes first. */
    private static final int MAX_CALLERS = 20_000;

    private static final class Bucket {
        private double tokens = BURST;
        private long atMillis;
    }

    private final Clock clock;
    private final LinkedHashMap<String, Bucket> buckets =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > MAX_CALLERS;
                }
            };

    CallerRate(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean allows(Caller caller) {
        long now = clock.millis();
        Bucket bucket = buckets.computeIfAbsent(caller.key(), k -> new Bucket());
        if (bucket.atMillis != 0) {
            double refill = Math.max(0, now - bucket.atMillis) / 1000.0 * PER_SECOND;
            bucket.tokens = Math.min(BURST, bucket.tokens + refill);
        }
        bucket.atMillis = now;
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens--;
        return true;
    }
}
