package dev.ambit.istiod.kube;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Whose service account token it is, as the API server says (ambient.md 2.6). A token counts only
 * for the audience {@value #AUDIENCE}: one that was made for somebody else, who then sends it here,
 * does not. Nothing is remembered: a token of a deleted pod ends with it. Thread-safe.
 */
public final class TokenReviews {
    public static final String AUDIENCE = "istio-ca";

    private static final String ACCOUNT = "system:serviceaccount:";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    /** Anybody may send any token: so many questions to the API server at once, and no more. */
    private static final int AT_ONCE = 32;

    private static final Duration TURN = Duration.ofSeconds(5);

    /** No service account token is longer by far. */
    private static final int MAX_LENGTH = 16 * 1024;

    private final KubernetesClient client;
    private final Executor executor;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /**
     * @param executor runs tasks that block
     */
    public TokenReviews(KubernetesClient client, Executor executor) {
        this.client = client;
        this.executor = executor;
    }

    /** What a review gave. */
    public sealed interface Review {

        /**
         * A good token.
         *
         * @param podName of the pod it is bound to; "" if it is bound to none
         * @param podUid of that pod
         */
        record Account(String namespace, String serviceAccount, String podName, String podUid)
                implements Review {}

        /** No token of this cluster for this audience; the reason is for our log only. */
        record Refused(String reason) implements Review {}
    }

    /** Never blocks; whatever fails on the way is a refusal. */
    public CompletionStage<Review> review(String token) {
        if (token.length() > MAX_LENGTH || token.chars().filter(c -> c == '.').count() != 2) {
            return CompletableFuture.completedFuture(new Review.Refused("not a JSON web token"));
        }
        try {
            return CompletableFuture.supplyAsync(() -> ask(token), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new Review.Refused("istiod is ending"));
        }
    }

    private Review ask(String token) {
        try {
            if (!turns.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Review.Refused(AT_ONCE + " tokens are under review");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Review.Refused("istiod is ending");
        }
        try {
            TokenReview question =
                    new TokenReviewBuilder()
                            .withNewSpec()
                            .withToken(token)
                            .withAudiences(AUDIENCE)
                            .endSpec()
                            .build();
            return read(client.tokenReviews().create(question).getStatus());
        } catch (KubernetesClientException e) {
            return new Review.Refused("the API server did not review it: " + Failures.said(e));
        } finally {
            turns.release();
        }
    }

    static Review read(TokenReviewStatus status) {
        if (!Boolean.TRUE.equals(status.getAuthenticated())) {
            return new Review.Refused("the API server says: " + status.getError());
        }
        // A server that knows no audiences leaves them out, and has then checked none.
        if (!status.getAudiences().contains(AUDIENCE)) {
            return new Review.Refused(
                    "token is for %s (expected: %s)".formatted(status.getAudiences(), AUDIENCE));
        }
        UserInfo user = status.getUser();
        String[] parts =
                user.getUsername().startsWith(ACCOUNT)
                        ? user.getUsername().substring(ACCOUNT.length()).split(":", -1)
                        : new String[0];
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            return new Review.Refused("token of a user who is no service account");
        }
        return new Review.Account(parts[0], parts[1], extra(user, POD_NAME), extra(user, POD_UID));
    }

    private static String extra(UserInfo user, String name) {
        Map<String, List<String>> extra = user.getExtra();
        List<String> values = extra == null ? List.of() : extra.getOrDefault(name, List.of());
        return values.size() == 1 ? values.getFirst() : "";
    }
}
