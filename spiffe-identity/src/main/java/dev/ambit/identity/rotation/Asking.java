package dev.ambit.identity.rotation;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.x509.SigningRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A certificate being asked for: the key is made on a thread of its own, then the signer is asked.
 * Who completes or cancels the answer gives up both.
 *
 * @param made complete before the answer is
 * @param answer the signer's
 */
record Asking(CompletableFuture<SigningRequest> made, CompletableFuture<List<String>> answer) {

    static Asking start(SpiffeId id, Duration ttl, CertificateSigner signer, Executor keys) {
        CompletableFuture<SigningRequest> made =
                CompletableFuture.supplyAsync(() -> SigningRequest.create(id), keys);
        Asking asking = new Asking(made, new CompletableFuture<>());
        CompletableFuture<Void> _ =
                made.thenAccept(request -> asking.ask(request, ttl, signer))
                        // The signer's port says never; a place there must not be lost to a bug.
                        .exceptionally(bug -> asking.give(null, bug));
        return asking;
    }

    private void ask(SigningRequest request, Duration ttl, CertificateSigner signer) {
        if (!answer.isDone()) {
            CompletableFuture<List<String>> asked =
                    signer.sign(request.id(), request.csrPem(), ttl).toCompletableFuture();
            CompletableFuture<List<String>> _ = asked.whenComplete(this::give);
            CompletableFuture<List<String>> _ =
                    answer.whenComplete((elements, failure) -> asked.cancel(false));
        }
    }

    private @Nullable Void give(@Nullable List<String> elements, @Nullable Throwable failure) {
        if (elements == null || failure != null) {
            answer.completeExceptionally(
                    failure == null ? new IllegalStateException("signer gave nothing") : failure);
        } else {
            answer.complete(elements);
        }
        return null;
    }
}
