package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.ServicePort.Protocol;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What routes and policies do to requests, on loopback. */
final class TrafficTest {

    private final TestMesh mesh = new TestMesh();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        mesh.close();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return send(request(port, path));
    }

    private void canary(int v1, int v2) {
        mesh.route(
                Routes.of("reviews").backend("reviews-v1", v1).backend("reviews-v2", v2).build());
    }

    /** Sends requests over a few connections; counts the answers by body. */
    private Map<String, Integer> count(int port, int requests) {
        Map<String, Integer> counts = new TreeMap<>();
        int atOnce = 16;
        for (int sent = 0; sent < requests; sent += atOnce) {
            List<CompletableFuture<HttpResponse<String>>> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(atOnce, requests - sent); i++) {
                batch.add(
                        client.sendAsync(
                                request(port, "/").build(), HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> each : batch) {
                HttpResponse<String> answer = each.join();
                String what = answer.statusCode() == 200 ? answer.body() : "failed";
                counts.merge(what, 1, Integer::sum);
            }
        }
        return counts;
    }

    @Test
    void splitsTenThousandRequestsByWeightAndFollowsAChangeWithoutAFailure() throws Exception {
        try (HttpDestination v1 = HttpDestination.named("v1");
                HttpDestination v2 = HttpDestination.named("v2")) {
            mesh.service("reviews-v1", Protocol.HTTP11, v1.destination());
            mesh.service("reviews-v2", Protocol.HTTP11, v2.destination());
            mesh.service("reviews", Protocol.HTTP11, v1.destination(), v2.destination());
            canary(90, 10);
            int port = mesh.open("reviews");
            Map<String, Integer> first = count(port, 10_000);
            assertThat(first).containsOnlyKeys("v1", "v2");
            assertThat(first.get("v2")).isBetween(900, 1100);

            CompletableFuture<Map<String, Integer>> during =
                    CompletableFuture.supplyAsync(() -> count(port, 2_000));
            canary(50, 50);
            canary(0, 100);
            assertThat(during.join()).doesNotContainKey("failed");
            assertThat(count(port, 200)).containsOnlyKeys("v2");
        }
    }

    @Test
    void aMirrorThatHangsSlowsNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (HttpDestination app = HttpDestination.named("v1");
                HttpDestination mirror =
                        HttpDestination.with(
                                exchange -> {
                                    try {
                                        release.await(60, TimeUnit.SECONDS);
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    exchange.close();
                                })) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            mesh.service("mirror", Protocol.HTTP11, mirror.destination());
            mesh.route(
                    Routes.of("reviews")
                            .backend("reviews", 1)
                            .filter(
                                    new RouteFilter.Mirror(
                                            Routes.to("mirror"), RouteFilter.Mirror.ALL))
                            .build());
            int port = mesh.open("reviews");
            // The mirror answers none of them until all have been answered.
            assertThat(count(port, 1_000)).isEqualTo(Map.of("v1", 1_000));
            release.countDown();
            assertThat(mesh.metrics()).contains("ambit_waypoint_mirrors_total{result=\"dropped\"}");
        }
    }

    @Test
    void aMirrorGetsTheBodyUnderAShadowName() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1");
                HttpDestination mirror = HttpDestination.named("m")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            mesh.service("mirror", Protocol.HTTP11, mirror.destination());
            mesh.route(
                    Routes.of("reviews")
                            .backend("reviews", 1)
                            .filter(
                                    new RouteFilter.Mirror(
                                            Routes.to("mirror"), RouteFilter.Mirror.ALL))
                            .build());
            int port = mesh.open("reviews");
            String body = "x".repeat(100_000);
            HttpResponse<String> answer =
                    send(request(port, "/copy").POST(HttpRequest.BodyPublishers.ofString(body)));
            assertThat(answer.body()).isEqualTo("v1");
            Eventually.holds(() -> mirror.asked.size() == 1);
            HttpDestination.Asked copy = mirror.asked.getFirst();
            assertThat(copy.body()).isEqualTo(body);
            assertThat(copy.headers().getFirst("host")).isEqualTo("127.0.0.1-shadow:" + port);
        }
    }

    @Test
    void retriesHideFailures() throws Exception {
        try (HttpDestination flaky =
                        HttpDestination.with(
                                exchange -> {
                                    exchange.getRequestBody().readAllBytes();
                                    HttpDestination.answer(exchange, 503, "bad");
                                });
                HttpDestination good = HttpDestination.named("good")) {
            mesh.service("reviews", Protocol.HTTP11, flaky.destination(), good.destination());
            mesh.route(Routes.of("reviews").backend("reviews", 1).retry(2, 503).build());
            int port = mesh.open("reviews");
            assertThat(count(port, 300)).isEqualTo(Map.of("good", 300));
            assertThat(flaky.requests.get()).isPositive();
            HttpResponse<String> answer =
                    send(request(port, "/").POST(HttpRequest.BodyPublishers.ofString("again")));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(good.asked.getLast().body()).isIn("again", "");
        }
    }

    @Test
    void connectFailuresAreRetriedElsewhereByDefault() throws Exception {
        int closed;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = nobody.getLocalPort();
        }
        try (HttpDestination good = HttpDestination.named("good")) {
            mesh.service(
                    "reviews",
                    Protocol.HTTP11,
                    TestMesh.Destination.plain(closed),
                    good.destination());
            assertThat(count(mesh.open("reviews"), 100)).isEqualTo(Map.of("good", 100));
        }
    }

    @Test
    void answersWithEnvoysWordsWhenNobodyIsThere() throws Exception {
        int closed;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = nobody.getLocalPort();
        }
        mesh.service("reviews", Protocol.HTTP11, TestMesh.Destination.plain(closed));
        HttpResponse<String> answer = get(mesh.open("reviews"), "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .isEqualTo(
                        "upstream connect error or disconnect/reset before headers. reset reason:"
                                + " remote connection failure");
        mesh.service("empty", Protocol.HTTP11);
        HttpResponse<String> none = get(mesh.open("empty"), "/");
        assertThat(none.statusCode()).isEqualTo(503);
        assertThat(none.body()).isEqualTo("no healthy upstream");
        assertThat(mesh.metrics())
                .contains("response_flags=\"UF,URX\"")
                .contains("response_flags=\"UH\"");
    }

    @Test
    void timeoutsAnswer504() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (HttpDestination slow =
                HttpDestination.with(
                        exchange -> {
                            try {
                                release.await(60, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            exchange.close();
                        })) {
            mesh.service("reviews", Protocol.HTTP11, slow.destination());
            mesh.route(
                    Routes.of("reviews")
                            .backend("reviews", 1)
                            .timeouts(Duration.ofMillis(100), Duration.ZERO)
                            .build());
            int port = mesh.open("reviews");
            HttpResponse<String> total = get(port, "/");
            assertThat(total.statusCode()).isEqualTo(504);
            assertThat(total.body()).isEqualTo("upstream request timeout");
            mesh.route(
                    Routes.of("reviews")
                            .backend("reviews", 1)
                            .timeouts(Duration.ofSeconds(20), Duration.ofMillis(50))
                            .retry(1, 504)
                            .build());
            int before = slow.requests.get();
            assertThat(get(port, "/").statusCode()).isEqualTo(504);
            assertThat(slow.requests.get() - before).isEqualTo(2);
            release.countDown();
        }
        assertThat(mesh.metrics()).contains("response_flags=\"UT\"");
    }
}
