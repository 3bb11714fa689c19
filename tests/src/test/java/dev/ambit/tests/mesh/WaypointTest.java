package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a waypoint adds between two pods: routing, mirroring, retries, policy over requests. */
final class WaypointTest {

    private static final int PORT = 9080;
    private static final int REQUESTS = 10_000;
    private static final String REVIEWS = "10.96.10.1";

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod v1;
    private static TestPod v2;
    private static HttpApp reviews1;
    private static HttpApp reviews2;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("WaypointTest");
        mesh = new TestMesh("l7");
        client = mesh.pod(mesh.node1(), "client");
        v1 =
                mesh.pod(
                        mesh.node1(),
                        "default",
                        "reviews-v1",
                        Map.of("app", "reviews", "version", "v1"));
        v2 =
                mesh.pod(
                        mesh.node2(),
                        "default",
                        "reviews-v2",
                        Map.of("app", "reviews", "version", "v2"));
        mesh.cluster()
                .apply(
                        "namespace-default",
                        TestCluster.namespace(
                                "default",
                                Map.of(
                                        "istio.io/dataplane-mode", "ambient",
                                        "istio.io/use-waypoint", "waypoint")));
        mesh.cluster().apply("reviews", service("reviews", REVIEWS, "app: reviews"));
        mesh.cluster()
                .apply(
                        "reviews-v1",
                        service("reviews-v1", "10.96.10.2", "app: reviews, version: v1"));
        mesh.cluster()
                .apply(
                        "reviews-v2",
                        service("reviews-v2", "10.96.10.3", "app: reviews, version: v2"));
        mesh.start();
        mesh.waypoint(mesh.node2(), "default");
        mesh.awaitEnrolled(client, v1, v2);
        reviews1 = new HttpApp(v1.netns(), PORT, "v1");
        reviews2 = new HttpApp(v2.netns(), PORT, "v2");
        route("all-to-v1", backend("reviews-v1", 1), "");
        Eventually.holds("the waypoint routes to v1", () -> answers(10).equals(Map.of("v1", 10)));
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (reviews1 != null) {
            reviews1.close();
            reviews2.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void aCanaryGetsItsShareAndChangesLiveWithNoFailedRequest() throws IOException {
        route("canary", backend("reviews-v1", 90) + ", " + backend("reviews-v2", 10), "");
        try (HttpClientInPod http = reviews()) {
            Eventually.holds("v2 is seen", () -> get(http, "/").body().equals("v2"));
            Map<String, Integer> before = ask(http, REQUESTS);
            assertThat(share(before, "v2")).isCloseTo(10.0, within(1.0));
            assertThat(before.values().stream().mapToInt(i -> i).sum()).isEqualTo(REQUESTS);

            // the same connection, request by request, over the change: none may fail
            route("canary", backend("reviews-v1", 50) + ", " + backend("reviews-v2", 50), "");
            Eventually.holds("about half goes to v2", () -> share(ask(http, 200), "v2") > 35.0);
            assertThat(share(ask(http, REQUESTS), "v2")).isCloseTo(50.0, within(2.0));
        }
    }

    @Test
    void aMirrorThatHangsDoesNotSlowTheAnswer() throws IOException {
        TestPod shadow = mesh.pod(mesh.node2(), "default", "shadow", Map.of("app", "shadow"));
        mesh.cluster().apply("shadow", service("shadow", "10.96.10.4", "app: shadow"));
        mesh.awaitEnrolled(shadow);
        try (HttpApp hanging = new HttpApp(shadow.netns(), PORT, "shadow");
                HttpClientInPod http = reviews()) {
            hanging.hangs();
            route(
                    "mirror",
                    backend("reviews-v1", 1),
                    "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: shadow, port: 9080}}}],");
            Eventually.holds(
                    "the mirror gets copies",
                    () -> {
                        get(http, "/");
                        return hanging.requests() > 0;
                    });
            // a client waits 15 s for an answer; a request that waits for the mirror never gets one
            for (int i = 0; i < 300; i++) {
                assertThat(get(http, "/")).isEqualTo(new HttpClientInPod.Answer(200, "v1"));
            }
            assertThat(hanging.requests()).isGreaterThan(1);
        }
    }

    @Test
    void retriesHideErrorsThatTheRouteNames() throws IOException {
        route(
                "retry",
                backend("reviews-v1", 1),
                "retry: {attempts: 3, codes: [500], backoff: 5ms},");
        reviews1.answers(n -> n % 2 == 0 ? 500 : 200);
        try (HttpClientInPod http = reviews()) {
            Eventually.holds("retries are on", () -> ask(http, 20).equals(Map.of("v1", 20)));
            assertThat(ask(http, 200)).isEqualTo(Map.of("v1", 200));
        } finally {
            reviews1.answers(n -> 200);
        }
    }

    @Test
    void aRequestThePolicyDeniesGets403AndTheAppSeesNone() throws IOException {
        route("plain", backend("reviews-v1", 1), "");
        mesh.cluster()
                .apply(
                        "deny-admin",
                        """
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: deny-admin, namespace: default}
                        spec:
                          targetRefs: [{kind: Service, group: "", name: reviews}]
                          action: DENY
                          rules:
                          - to:
                            - operation: {methods: ["DELETE"], paths: ["/admin*"]}
                        """);
        try (HttpClientInPod http = reviews()) {
            Eventually.holds(
                    "the policy is in force",
                    () -> send(http, "DELETE", "/admin/x").status() == 403);
            int seen = reviews1.requests();
            assertThat(send(http, "DELETE", "/admin/y"))
                    .isEqualTo(new HttpClientInPod.Answer(403, "RBAC: access denied"));
            assertThat(reviews1.requests()).isEqualTo(seen);
            assertThat(send(http, "GET", "/admin/y").status()).isEqualTo(200);
        } finally {
            mesh.cluster().delete("deny-admin");
        }
    }

    @Test
    void requestsAreCountedByTheWaypoint() throws IOException {
        try (HttpClientInPod http = reviews()) {
            assertThat(get(http, "/").status()).isEqualTo(200);
        }
        Eventually.holds(
                "istio_requests_total of the waypoint",
                () ->
                        TestMesh.get(
                                        mesh.process("waypoint").place().netns(),
                                        15020,
                                        "/stats/prometheus")
                                .lines()
                                .anyMatch(
                                        l ->
                                                l.startsWith("istio_requests_total{")
                                                        && l.contains("reporter=\"waypoint\"")
                                                        && l.contains("source_workload=\"client\"")
                                                        && l.contains(
                                                                "destination_service=\"reviews.default.svc.cluster.local\"")
                                                        && l.contains("response_code=\"200\"")));
    }

    private static HttpClientInPod reviews() throws IOException {
        return new HttpClientInPod(client.net(), REVIEWS, PORT, "reviews:" + PORT);
    }

    private static HttpClientInPod.Answer get(HttpClientInPod http, String path) {
        return send(http, "GET", path);
    }

    private static HttpClientInPod.Answer send(HttpClientInPod http, String method, String path) {
        try {
            return http.send(method, path);
        } catch (IOException e) {
            throw new AssertionError("a request failed: " + method + " " + path, e);
        }
    }

    /**
     * Answers of a fresh connection; a failure is an answer of its own, so that waiting can go on.
     */
    private static Map<String, Integer> answers(int requests) {
        try (HttpClientInPod http = reviews()) {
            return ask(http, requests);
        } catch (IOException | AssertionError e) {
            return Map.of("failed", requests);
        }
    }

    private static Map<String, Integer> ask(HttpClientInPod http, int requests) {
        Map<String, Integer> byBody = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            HttpClientInPod.Answer a = get(http, "/");
            byBody.merge(a.status() == 200 ? a.body() : "status " + a.status(), 1, Integer::sum);
        }
        return byBody;
    }

    private static double share(Map<String, Integer> answers, String version) {
        int all = answers.values().stream().mapToInt(i -> i).sum();
        return 100.0 * answers.getOrDefault(version, 0) / all;
    }

    private static String backend(String name, int weight) {
        return "{name: " + name + ", port: 9080, weight: " + weight + "}";
    }

    /** One route for all tests: each says the whole of it. */
    private static void route(String why, String backends, String more) {
        mesh.cluster()
                .apply(
                        "route-reviews",
                        """
                        # %s
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: HTTPRoute
                        metadata: {name: reviews, namespace: default}
                        spec:
                          parentRefs: [{group: "", kind: Service, name: reviews, port: 9080}]
                          rules:
                          - {%s backendRefs: [%s]}
                        """
                                .formatted(why, more, backends));
    }

    private static String service(String name, String vip, String selector) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: default}
        spec:
          clusterIP: %s
          clusterIPs: [%s]
          selector: {%s}
          ports: [{name: http, port: 9080, targetPort: 9080}]
        """
                .formatted(name, vip, vip, selector);
    }
}
