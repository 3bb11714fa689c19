package dev.ambit.hbone.connection;

import dev.ambit.hbone.Limit;
import dev.ambit.hbone.Limits;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is cheap to send and dear to receive. Each question answers the limit that was
 * passed, or null.
 */
final class FloodGuard {
    private final Rate prematureResets;
    private final Rate ownResets;
    private final Rate pings;
    private final Rate settings;
    private final Rate priorities;
    private final Rate unknown;
    private final int emptyDataLimit;
    private final int queuedControlLimit;
    private int emptyData;
    private int queuedControl;

    FloodGuard(Limits limits, LongSupplier nanos) {
        long window = limits.window().toNanos();
        long second = TimeUnit.SECONDS.toNanos(1);
        prematureResets = new Rate(limits.prematureResets(), window, nanos);
        ownResets = new Rate(limits.ownResets(), window, nanos);
        pings = new Rate(limits.controlFrames(), second, nanos);
        settings = new Rate(limits.controlFrames(), second, nanos);
        priorities = new Rate(limits.controlFrames(), second, nanos);
        unknown = new Rate(limits.controlFrames(), second, nanos);
        emptyDataLimit = limits.emptyData();
        queuedControlLimit = limits.queuedControl();
    }

    @Nullable Limit prematureReset() {
        return prematureResets.exceeded() ? Limit.PREMATURE_RESETS : null;
    }

    @Nullable Limit ownReset() {
        return ownResets.exceeded() ? Limit.OWN_RESETS : null;
    }

    @Nullable Limit ping() {
        return pings.exceeded() ? Limit.PINGS : null;
    }

    @Nullable Limit settings() {
        return settings.exceeded() ? Limit.SETTINGS : null;
    }

    @Nullable Limit priority() {
        return priorities.exceeded() ? Limit.PRIORITIES : null;
    }

    @Nullable Limit unknownFrame() {
        return unknown.exceeded() ? Limit.UNKNOWN_FRAMES : null;
    }

    @Nullable Limit data(int payload, boolean endStream) {
        if (payload > 0 || endStream) {
            emptyData = 0;
            return null;
        }
        return ++emptyData > emptyDataLimit ? Limit.EMPTY_DATA : null;
    }

    /** An answer is written while the peer does not read. */
    @Nullable Limit queuedControl(boolean peerReads) {
        queuedControl = peerReads ? 0 : queuedControl + 1;
        return queuedControl > queuedControlLimit ? Limit.QUEUED_CONTROL : null;
    }

    /** So many in each window of time that begins with the first. */
    private static final class Rate {
        private final int limit;
        private final long window;
        private final LongSupplier nanos;
        private long since;
        private int count;

        Rate(int limit, long window, LongSupplier nanos) {
            this.limit = limit;
            this.window = window;
            this.nanos = nanos;
        }

        boolean exceeded() {
            long now = nanos.getAsLong();
            if (count == 0 || now - since >= window) {
                since = now;
                count = 0;
            }
            return ++count > limit;
        }
    }
}
