package dev.ambit.identity.testing;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateSigner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Signs at once with an authority in memory, or only when told. Thread-safe. */
public final class FakeSigner implements CertificateSigner {

    private record Waiting(
            SpiffeId id, String csrPem, Duration ttl, CompletableFuture<List<String>> answer) {}

    private final TestCertificates certificates;
    private final boolean immediate;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<SpiffeId> asked = new ArrayList<>();

    private FakeSigner(TestCertificates certificates, boolean immediate) {
        this.certificates = certificates;
        this.immediate = immediate;
    }

    /** Signs at once. */
    public static FakeSigner immediate(TestCertificates certificates) {
        return new FakeSigner(certificates, true);
    }

    /** Keeps requests until {@link #answerNext} or {@link #failNext}. */
    public static FakeSigner byHand(TestCertificates certificates) {
        return new FakeSigner(certificates, false);
    }

    @Override
    public synchronized CompletionStage<List<String>> sign(
            SpiffeId id, String csrPem, Duration ttl) {
        asked.add(id);
        Waiting request = new Waiting(id, csrPem, ttl, new CompletableFuture<>());
        waiting.add(request);
        if (immediate) {
            answerNext();
        }
        return request.answer();
    }

    /** Every id asked for so far, in order. */
    public synchronized List<SpiffeId> asked() {
        return List.copyOf(asked);
    }

    /** Ids waiting for an answer, oldest first. */
    public synchronized List<SpiffeId> waiting() {
        waiting.removeIf(w -> w.answer().isDone());
        return waiting.stream().map(Waiting::id).toList();
    }

    public void answerNext() {
        Waiting next = next();
        next.answer()
                .complete(certificates.authority().issue(next.csrPem(), next.id(), next.ttl()));
    }

    /** Answers with other elements than asked for. */
    public void answerNext(List<String> elements) {
        next().answer().complete(elements);
    }

    public void failNext(String reason) {
        next().answer().completeExceptionally(new IllegalStateException(reason));
    }

    private synchronized Waiting next() {
        // Nobody waits for one that was given up.
        waiting.removeIf(w -> w.answer().isDone());
        return waiting.removeFirst();
    }
}
