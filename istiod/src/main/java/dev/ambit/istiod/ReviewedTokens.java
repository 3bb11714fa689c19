package dev.ambit.istiod;

import dev.ambit.istiod.ca.Caller;
import dev.ambit.istiod.ca.CallerAuthenticator;
import dev.ambit.istiod.ca.Credentials;
import dev.ambit.istiod.kube.TokenReviews;
import dev.ambit.istiod.kube.TokenReviews.Review;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Pod;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Callers of a cluster: a service account by its token. One of the trusted accounts is the proxy of
 * the node its pod runs on, provided the token is bound to a pod that is there, under that account
 * and of that uid: a token that outlived its pod is nobody's.
 */
final class ReviewedTokens implements CallerAuthenticator {
    private final Function<String, CompletionStage<Review>> reviews;
    private final Set<String> nodeAccounts;
    private final ControlPlane plane;
    private final String clusterId;

    /**
     * @param reviews {@link TokenReviews#review}
     * @param nodeAccounts namespace/name
     */
    ReviewedTokens(
            Function<String, CompletionStage<Review>> reviews,
            Set<String> nodeAccounts,
            ControlPlane plane,
            String clusterId) {
        this.reviews = reviews;
        this.nodeAccounts = nodeAccounts;
        this.plane = plane;
        this.clusterId = clusterId;
    }

    @Override
    public CompletionStage<Authentication> authenticate(Credentials credentials) {
        if (credentials.token().isEmpty()) {
            return done(new Authentication.Unknown("no bearer token"));
        }
        String from = credentials.clusterId();
        if (!from.isEmpty() && !from.equals(clusterId)) {
            return done(
                    new Authentication.Unknown(
                            "token of cluster %s (expected: %s)".formatted(from, clusterId)));
        }
        return reviews.apply(credentials.token().get())
                .thenCompose(
                        review ->
                                switch (review) {
                                    case Review.Refused refused ->
                                            done(new Authentication.Unknown(refused.reason()));
                                    case Review.Account account -> caller(account);
                                });
    }

    private CompletionStage<Authentication> caller(Review.Account account) {
        String name = account.namespace() + "/" + account.serviceAccount();
        if (!nodeAccounts.contains(name)) {
            return done(
                    new Authentication.Known(
                            new Caller.Account(account.namespace(), account.serviceAccount())));
        }
        if (account.podName().isEmpty() || account.podUid().isEmpty()) {
            return done(new Authentication.Unknown("token of " + name + " is not bound to a pod"));
        }
        CompletableFuture<Authentication> answer = new CompletableFuture<>();
        plane.loop().execute(() -> answer.complete(node(account)));
        return answer;
    }

    /** On the mesh loop. */
    private Authentication node(Review.Account account) {
        ObjectName name = new ObjectName(account.namespace(), account.podName());
        Pod pod = plane.pod(name);
        if (pod == null || !pod.uid().equals(account.podUid())) {
            return new Authentication.Unknown("pod " + name + " of the token is not there");
        }
        if (!pod.serviceAccount().equals(account.serviceAccount()) || pod.nodeName().isEmpty()) {
            return new Authentication.Unknown(
                    "pod %s runs as %s on node \"%s\" (expected: %s, on a node)"
                            .formatted(
                                    name,
                                    pod.serviceAccount(),
                                    pod.nodeName(),
                                    account.serviceAccount()));
        }
        return new Authentication.Known(new Caller.Node(pod.nodeName()));
    }

    private static CompletionStage<Authentication> done(Authentication found) {
        return CompletableFuture.completedFuture(found);
    }
}
