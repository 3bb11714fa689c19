package dev.ambit.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.ca.Caller;
import dev.ambit.istiod.ca.CallerAuthenticator.Authentication;
import dev.ambit.istiod.ca.Credentials;
import dev.ambit.istiod.kube.TokenReviews.Review;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.testing.MeshYaml;
import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who a reviewed token stands for; the reviews are made up. */
final class ReviewedTokensTest {
    private static final String ZTUNNEL =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: ztunnel-1, namespace: istio-system, uid: 1-2-3}
            spec: {nodeName: n1, serviceAccountName: ztunnel}
            """;

    private final ManualTime time = new ManualTime();
    private final ControlPlane plane =
            new ControlPlane(
                    new MeshLoop(time.scheduler(), MeshLoop.Debounce.DEFAULT),
                    MeshSettings.DEFAULT,
                    (table, key, cause) -> {
                        throw new AssertionError(table + " " + key, cause);
                    },
                    () -> {});

    @BeforeEach
    void aZtunnelRuns() {
        plane.changed(MeshYaml.objects(ZTUNNEL), List.of());
        time.advance(Duration.ofMillis(200));
    }

    private Authentication caller(Optional<String> token, String cluster, Review review) {
        ReviewedTokens tokens =
                new ReviewedTokens(
                        asked -> CompletableFuture.completedFuture(review),
                        Set.of("istio-system/ztunnel"),
                        plane,
                        "Kubernetes");
        CompletableFuture<Authentication> found =
                tokens.authenticate(new Credentials(token, cluster, Optional.empty(), "peer"))
                        .toCompletableFuture();
        time.advance(Duration.ZERO);
        return found.join();
    }

    private Authentication caller(Review review) {
        return caller(Optional.of("a.b.c"), "Kubernetes", review);
    }

    private static Review ztunnel(String pod, String uid) {
        return new Review.Account("istio-system", "ztunnel", pod, uid);
    }

    @Test
    void anAccountIsItself() {
        Review review = new Review.Account("shop", "waypoint", "w", "u");
        assertThat(caller(review))
                .isEqualTo(new Authentication.Known(new Caller.Account("shop", "waypoint")));
    }

    @Test
    void aTrustedAccountIsTheProxyOfTheNodeItsPodRunsOn() {
        assertThat(caller(ztunnel("ztunnel-1", "1-2-3")))
                .isEqualTo(new Authentication.Known(new Caller.Node("n1")));
    }

    @Test
    void aTrustedAccountWhosePodIsNotThereIsNobody() {
        for (Review review :
                List.of(
                        ztunnel("", ""),
                        ztunnel("ztunnel-1", ""),
                        ztunnel("ztunnel-1", "of-one-before"),
                        ztunnel("ztunnel-2", "1-2-3"),
                        new Review.Refused("expired"))) {
            assertThat(caller(review))
                    .as(review.toString())
                    .isInstanceOf(Authentication.Unknown.class);
        }
        plane.changed(
                MeshYaml.objects(
                        ZTUNNEL.replace("serviceAccountName: ztunnel", "hostNetwork: true")),
                List.of());
        time.advance(Duration.ofMillis(200));
        assertThat(caller(ztunnel("ztunnel-1", "1-2-3")))
                .isInstanceOf(Authentication.Unknown.class);
    }

    @Test
    void aTokenOfAnotherClusterOrNoneIsNotAskedAbout() {
        Review good = ztunnel("ztunnel-1", "1-2-3");
        assertThat(caller(Optional.of("a.b.c"), "elsewhere", good))
                .isEqualTo(
                        new Authentication.Unknown(
                                "token of cluster elsewhere (expected: Kubernetes)"));
        assertThat(caller(Optional.empty(), "", good))
                .isEqualTo(new Authentication.Unknown("no bearer token"));
    }
}
