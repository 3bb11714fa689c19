package dev.ambit.identity.rotation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One who waits for a certificate, not longer than it said. Confined to the rotation's executor.
 */
final class Waiter {

    private final CompletableFuture<CertificateState.Ready> result;
    private @Nullable ScheduledFuture<?> timer;

    private Waiter(CompletableFuture<CertificateState.Ready> result) {
        this.result = result;
    }

    static Waiter until(
            Duration wait,
            Entry entry,
            CompletableFuture<CertificateState.Ready> result,
            ScheduledExecutorService executor) {
        Waiter waiter = new Waiter(result);
        waiter.timer =
                executor.schedule(() -> waiter.isOver(entry), wait.toNanos(), TimeUnit.NANOSECONDS);
        return waiter;
    }

    void complete(CertificateState.Ready ready) {
        stop();
        result.complete(ready);
    }

    void refuse(String why) {
        stop();
        result.completeExceptionally(new CertificateUnavailable(why));
    }

    private void isOver(Entry entry) {
        entry.waiters.remove(this);
        String why = entry.failures == 0 ? "the CA has not answered yet" : entry.lastFailure;
        refuse("no certificate in time: " + why);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
