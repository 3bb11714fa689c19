package dev.ambit.istiod.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.istiod.kube.TokenReviews.Review;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TokenReviewsTest {
    private static final Map<String, Object> ZTUNNEL =
            Map.of(
                    "username",
                    "system:serviceaccount:istio-system:ztunnel",
                    "extra",
                    Map.of(
                            "authentication.kubernetes.io/pod-name",
                            List.of("ztunnel-1"),
                            "authentication.kubernetes.io/pod-uid",
                            List.of("1-2-3")));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private FakeApiServer api;
    private KubernetesClient client;
    private TokenReviews reviews;

    @BeforeEach
    void open() throws IOException {
        api = new FakeApiServer(0);
        Config config =
                new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://localhost:" + api.port())
                        .build();
        client = ApiServer.of(config, threads);
        reviews = new TokenReviews(client, threads);
    }

    @AfterEach
    void close() {
        client.close();
        api.close();
        threads.shutdownNow();
    }

    private Review review(Map<String, Object> status) throws Exception {
        api.reviews(question -> Map.of("status", status));
        return reviews.review("a.b.c").toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aTokenIsAskedAboutForOurAudienceAndBoundToItsPod() throws Exception {
        List<Object> asked = new CopyOnWriteArrayList<>();
        api.reviews(
                question -> {
                    asked.add(question.get("spec"));
                    return Map.of(
                            "status",
                            Map.of(
                                    "authenticated",
                                    true,
                                    "audiences",
                                    List.of("istio-ca"),
                                    "user",
                                    ZTUNNEL));
                });
        assertThat(reviews.review("a.b.c").toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isEqualTo(new Review.Account("istio-system", "ztunnel", "ztunnel-1", "1-2-3"));
        assertThat(asked)
                .containsExactly(Map.of("token", "a.b.c", "audiences", List.of("istio-ca")));
    }

    @Test
    void aTokenThatIsNotGoodOrNotForUsIsRefused() throws Exception {
        assertThat(review(Map.of("authenticated", false, "error", "expired")))
                .isEqualTo(new Review.Refused("the API server says: expired"));
        assertThat(review(Map.of("authenticated", true, "user", ZTUNNEL)))
                .isEqualTo(new Review.Refused("token is for [] (expected: istio-ca)"));
        assertThat(
                        review(
                                Map.of(
                                        "authenticated",
                                        true,
                                        "audiences",
                                        List.of("api"),
                                        "user",
                                        ZTUNNEL)))
                .isEqualTo(new Review.Refused("token is for [api] (expected: istio-ca)"));
        assertThat(
                        review(
                                Map.of(
                                        "authenticated",
                                        true,
                                        "audiences",
                                        List.of("istio-ca"),
                                        "user",
                                        Map.of("username", "admin"))))
                .isEqualTo(new Review.Refused("token of a user who is no service account"));
    }

    @Test
    void whatIsNoTokenIsNotAskedAboutAndAServerThatIsGoneAnswersNobody() throws Exception {
        api.reviews(
                question -> {
                    throw new AssertionError("asked");
                });
        assertThat(reviews.review("word").toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isEqualTo(new Review.Refused("not a JSON web token"));
        api.close();
        assertThat(reviews.review("a.b.c").toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Review.Refused.class,
                        r -> assertThat(r.reason()).startsWith("the API server did not review it"));
    }
}
