package dev.ambit.tests.rig;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The reference evaluator: whether the victim may reach the guarded port, by every version of the
 * policy there ever was. Written apart from the product on purpose. Thread-safe.
 */
final class Reference {

    /** How old the version may be by which a decision is right. */
    static final Duration STALENESS = Duration.ofSeconds(5);

    private record Version(long sinceNanos, boolean denied) {}

    private final List<Version> versions = new ArrayList<>();

    Reference(boolean denied) {
        versions.add(new Version(System.nanoTime(), denied));
    }

    /** From now on. */
    synchronized void set(boolean denied) {
        versions.add(new Version(System.nanoTime(), denied));
    }

    synchronized boolean denied() {
        return versions.getLast().denied;
    }

    /** Whether an answer given between these times is that of a version not too old. */
    synchronized boolean right(boolean allowed, long fromNanos, long toNanos) {
        long oldest = fromNanos - STALENESS.toNanos();
        for (int i = versions.size() - 1; i >= 0; i--) {
            Version v = versions.get(i);
            boolean inForce =
                    v.sinceNanos <= toNanos
                            && (i == versions.size() - 1
                                    || versions.get(i + 1).sinceNanos >= oldest);
            if (inForce && v.denied != allowed) {
                return true;
            }
        }
        return false;
    }
}
