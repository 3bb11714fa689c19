package dev.ambit.identity.rotation;

import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.live.Live;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * What {@link CertificateRotation} knows of one id; everything but {@code live} on its executor.
 */
final class Entry {

    /** Where a request of this id stands. */
    enum Phase {
        /** Nothing to do before {@link #attemptAt}. */
        IDLE,
        QUEUED,
        AT_SIGNER,
        FORGOTTEN
    }

    final SpiffeId id;
    final Live<CertificateState> live = new Live<>(new CertificateState.Fetching());
    final List<Waiter> waiters = new ArrayList<>();

    Phase phase = Phase.IDLE;
    Priority priority;

    /** Order among equals in the queue. */
    long ticket;

    /** Failures in a row. */
    int failures;

    String lastFailure = "not asked for yet";
    Instant attemptAt;

    Instant failedAt;

    /** End of the last certificate there was, for the scrape. */
    volatile @Nullable Instant lastEnd;

    @Nullable ScheduledFuture<?> timer;

    /** What the signer will say, while it is asked. */
    @Nullable CompletableFuture<List<String>> answer;

    Entry(SpiffeId id, Priority priority, Instant now) {
        this.id = id;
        this.priority = priority;
        this.attemptAt = now;
        this.failedAt = now;
    }

    void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Taken out before they are told: a waiter may ask again while it is. */
    List<Waiter> takeWaiters() {
        List<Waiter> taken = List.copyOf(waiters);
        waiters.clear();
        return taken;
    }
}
