package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.HeaderChange;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.PathChange;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.ServicePort.Protocol;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What requests and answers look like after routes and policies, on loopback. */
final class MessageTest {

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

    /** What is taken off before the destination sees it cannot have let anybody in. */
    @Test
    void policyJudgesTheHeadersTheDestinationGets() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            Condition forged =
                    new Condition.OfText(
                            "request.headers[x-forwarded-client-cert]",
                            new Values<>(List.of(new ValueMatch.Presence()), List.of()));
            mesh.policy(
                    new WaypointPolicy(
                            TestMesh.NAMESPACE,
                            "by-claim",
                            List.of(new PolicyTarget.ToService(TestMesh.host("reviews"))),
                            new HttpAuthorization(
                                    HttpAuthorization.Action.ALLOW,
                                    false,
                                    List.of(
                                            new AuthorizationRule(
                                                    List.of(), List.of(), List.of(forged))))));
            int port = mesh.open("reviews");
            HttpRequest.Builder request =
                    request(port, "/").header("x-forwarded-client-cert", "By=spiffe://a/ns/b/sa/c");
            assertThat(send(request).statusCode()).isEqualTo(403);
            assertThat(app.requests.get()).isZero();
        }
    }

    @Test
    void answers404WithoutARouteAnd500ForAnInvalidBackend() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            mesh.route(Routes.of("reviews").prefix("/a").backend("reviews", 1).build());
            int port = mesh.open("reviews");
            assertThat(get(port, "/b").statusCode()).isEqualTo(404);
            assertThat(get(port, "/a/x").statusCode()).isEqualTo(200);
            mesh.route(
                    Routes.of("reviews")
                            .backend(new BackendRef.Invalid("no such service"))
                            .build());
            assertThat(get(port, "/a").statusCode()).isEqualTo(500);
        }
        assertThat(mesh.metrics()).contains("response_flags=\"NR\"");
    }

    @Test
    void changesHeadersAndPaths() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            HeaderChange request =
                    new HeaderChange(
                            List.of(new HeaderChange.Header("x-set", "new")),
                            List.of(new HeaderChange.Header("x-add", "2")),
                            List.of("x-gone"));
            HeaderChange response =
                    new HeaderChange(
                            List.of(new HeaderChange.Header("x-answer", "yes")),
                            List.of(),
                            List.of("date"));
            mesh.route(
                    Routes.of("reviews")
                            .prefix("/old")
                            .filter(new RouteFilter.RequestHeaders(request))
                            .filter(new RouteFilter.ResponseHeaders(response))
                            .filter(
                                    new RouteFilter.Rewrite(
                                            "elsewhere.example", new PathChange.Prefix("/new")))
                            .backend("reviews", 1)
                            .build());
            HttpResponse<String> answer =
                    send(
                            request(mesh.open("reviews"), "/old/x?q=1")
                                    .header("x-set", "old")
                                    .header("x-add", "1")
                                    .header("x-gone", "here"));
            assertThat(answer.headers().firstValue("x-answer")).contains("yes");
            assertThat(answer.headers().firstValue("date")).isEmpty();
            HttpDestination.Asked asked = app.asked.getFirst();
            assertThat(asked.uri()).isEqualTo("/new/x?q=1");
            assertThat(asked.headers().get("x-set")).containsExactly("new");
            assertThat(asked.headers().get("x-add")).containsExactly("1", "2");
            assertThat(asked.headers().get("x-gone")).isNull();
            assertThat(asked.headers().getFirst("host")).isEqualTo("elsewhere.example");
        }
    }

    @Test
    void redirects() throws Exception {
        mesh.service("reviews", Protocol.HTTP11);
        mesh.route(
                Routes.of("reviews")
                        .prefix("/old")
                        .filter(
                                new RouteFilter.Redirect(
                                        "https", "a.example", new PathChange.Full("/x"), 0, 301))
                        .build());
        HttpResponse<String> answer = get(mesh.open("reviews"), "/old");
        assertThat(answer.statusCode()).isEqualTo(301);
        assertThat(answer.headers().firstValue("location")).contains("https://a.example/x");
    }

    @Test
    void passesLargeBodiesBothWaysUnchanged() throws Exception {
        try (HttpDestination echo =
                HttpDestination.with(
                        exchange -> {
                            byte[] all = exchange.getRequestBody().readAllBytes();
                            exchange.sendResponseHeaders(200, 0);
                            exchange.getResponseBody().write(all);
                            exchange.close();
                        })) {
            mesh.service("reviews", Protocol.HTTP11, echo.destination());
            byte[] body = new byte[20 << 20];
            new java.util.Random(3).nextBytes(body);
            HttpResponse<byte[]> answer =
                    client.send(
                            request(mesh.open("reviews"), "/")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void headAnd204And304HaveNoBody() throws Exception {
        try (HttpDestination app =
                HttpDestination.with(
                        exchange -> {
                            int status =
                                    Integer.parseInt(
                                            exchange.getRequestURI().getPath().substring(1));
                            boolean head = exchange.getRequestMethod().equals("HEAD");
                            if (head) {
                                exchange.getResponseHeaders().set("content-length", "5");
                            }
                            exchange.sendResponseHeaders(status, status == 200 && !head ? 5 : -1);
                            if (status == 200 && !head) {
                                exchange.getResponseBody().write(new byte[5]);
                            }
                            exchange.close();
                        })) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            int port = mesh.open("reviews");
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> head = send(request(port, "/200").HEAD());
                assertThat(head.statusCode()).isEqualTo(200);
                assertThat(head.headers().firstValue("content-length")).contains("5");
                assertThat(get(port, "/204").statusCode()).isEqualTo(204);
                assertThat(get(port, "/304").statusCode()).isEqualTo(304);
                assertThat(get(port, "/200").body()).hasSize(5);
            }
        }
    }

    @Test
    void aDestinationThatBreaksOffIsSeenToBreakOff() throws Exception {
        try (HttpDestination app =
                HttpDestination.with(
                        exchange -> {
                            exchange.sendResponseHeaders(200, 1000);
                            exchange.getResponseBody().write(new byte[10]);
                            exchange.getResponseBody().flush();
                            throw new IOException("breaks off");
                        })) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            int port = mesh.open("reviews");
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(
                            request(port, "/").build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.handle((done, failure) -> failure != null).join()).isTrue();
        }
        Eventually.holds(() -> mesh.metrics().contains("response_flags=\"UC\""));
    }

    @Test
    void refusesByPolicyAndSaysNoMoreThanThat() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            OperationMatch admin =
                    new OperationMatch(
                            Values.any(),
                            Values.any(),
                            Values.any(),
                            new Values<>(List.of(new ValueMatch.Prefix("/admin")), List.of()));
            mesh.policy(
                    new WaypointPolicy(
                            TestMesh.NAMESPACE,
                            "no-admin",
                            List.of(new PolicyTarget.ToService(TestMesh.host("reviews"))),
                            new HttpAuthorization(
                                    HttpAuthorization.Action.DENY,
                                    false,
                                    List.of(
                                            new AuthorizationRule(
                                                    List.of(), List.of(admin), List.of())))));
            int port = mesh.open("reviews");
            for (String path : new String[] {"/admin", "/%61dmin/x", "/x/../admin", "/./admin"}) {
                HttpResponse<String> answer = get(port, path);
                assertThat(answer.statusCode()).as(path).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("RBAC: access denied");
            }
            assertThat(get(port, "/x").statusCode()).isEqualTo(200);
            assertThat(app.requests.get()).isEqualTo(1);
            HttpResponse<String> post =
                    send(
                            request(port, "/admin")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "y".repeat(300_000))));
            assertThat(post.statusCode()).isEqualTo(403);
            assertThat(get(port, "/x").statusCode()).isEqualTo(200);
        }
    }
}
