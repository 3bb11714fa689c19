package dev.ambit.ztunnel.inpod;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Work of a pod on one of its loops, asked for from anywhere. */
final class OnLoop {

    private OnLoop() {}

    static <T> CompletableFuture<T> run(
            PodProxy.Share share, Supplier<? extends CompletionStage<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        share.pod()
                .loop()
                .execute(
                        () ->
                                work.get()
                                        .whenComplete(
                                                (value, failure) -> {
                                                    if (failure == null) {
                                                        result.complete(value);
                                                    } else {
                                                        result.completeExceptionally(failure);
                                                    }
                                                }));
        return result;
    }
}
