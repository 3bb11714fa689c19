package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those see who watch the mesh: metrics over mutual TLS, istioctl's tables. */
final class ObserverTest {

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;

    @TempDir private static Path dir;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("ObserverTest");
        mesh = new TestMesh("watch");
        mesh.cluster().apply("namespace-system", TestCluster.namespace("istio-system", Map.of()));
        mesh.cluster()
                .apply(
                        "web",
                        """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: web, namespace: default}
                        spec:
                          clusterIP: 10.96.7.1
                          clusterIPs: [10.96.7.1]
                          selector: {app: server}
                          ports: [{name: tcp, port: 80, targetPort: 8080}]
                        """);
        mesh.cluster()
                .uncaptured("istio-system", "ztunnel", mesh.node1().address(), mesh.node1().name());
        client = mesh.pod(mesh.node2(), "client");
        server = mesh.pod(mesh.node1(), "server");
        mesh.with("POD_NAME", "ztunnel")
                .with("POD_NAMESPACE", "istio-system")
                .with("SERVICE_ACCOUNT", "ztunnel")
                .start()
                .awaitEnrolled(client, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static String metrics(TestPod reader) {
        try (HttpClientInPod http =
                new HttpClientInPod(
                        reader.net(), mesh.node1().address(), 15020, "ztunnel.istio-system")) {
            HttpClientInPod.Answer answer = http.get("/metrics");
            return answer.status() == 200 ? answer.body() : "";
        } catch (IOException refused) {
            return "";
        }
    }

    @Test
    void aProxysMetricsAreReadThroughATunnelToItself() {
        assertThat(metrics(client)).contains("ambit_self_listener_up 1");
        assertThat(metrics(client).lines())
                .as("the reader is a peer like any other, told by its certificate")
                .anyMatch(
                        l ->
                                l.startsWith("istio_tcp_connections_opened_total{")
                                        && l.contains("reporter=\"destination\"")
                                        && l.contains(
                                                "source_principal=\"" + client.identity() + "\"")
                                        && l.contains(
                                                "destination_principal=\"spiffe://cluster.local/ns/istio-system/sa/ztunnel\"")
                                        && l.contains("connection_security_policy=\"mutual_tls\""));
    }

    @Test
    void aPolicyOfTheProxysOwnPodIsKept() {
        assertThat(metrics(client)).isNotEmpty();
        mesh.cluster()
                .apply(
                        "only-prometheus",
                        """
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: only-prometheus, namespace: istio-system}
                        spec:
                          selector: {matchLabels: {app: ztunnel}}
                          action: ALLOW
                          rules:
                          - from:
                            - source: {namespaces: [monitoring]}
                        """);
        try {
            Eventually.holds("the client is refused", () -> metrics(client).isEmpty());
        } finally {
            mesh.cluster().delete("only-prometheus");
        }
        Eventually.holds("the client is let in again", () -> !metrics(client).isEmpty());
    }

    @Test
    void istioctlPrintsItsTablesOfOurDump() throws Exception {
        Optional<Path> istioctl =
                Optional.ofNullable(System.getenv("AMBIT_PEER_ISTIOCTL")).map(Path::of);
        NeedsRoot.skipUnless(
                istioctl.filter(Files::isExecutable).isPresent(),
                "ObserverTest with istioctl",
                "AMBIT_PEER_ISTIOCTL is not the path of an istioctl");
        mesh.cluster().apply("deny", NodeProxyTest.deny("deny", "nobody", client));
        Eventually.holds(
                "the policy is known", () -> ConfigDump.of(dump()).hasPolicy("default", "deny"));
        try (EchoApp app = new EchoApp(server.net(), 8080);
                Socket open = client.connect("10.96.7.1", 80)) {
            assertThat(Talk.on(open, "hello")).isEqualTo("hello");
            assertThat(app.accepted()).isEqualTo(1);
            Path file = Files.writeString(dir.resolve("dump.json"), dump());
            String path = istioctl.orElseThrow().toString();

            String all = run(path, "all", file);
            assertThat(row(all, "default", "client", client.ip())).contains("n2", "None", "HBONE");
            assertThat(row(all, "istio-system", "ztunnel", "15")).isEmpty();
            assertThat(row(all, "default", "web", "10.96.7.1")).contains("None", "1/1");
            assertThat(row(all, "default", "deny", "Deny")).contains("WorkloadSelector");
            assertThat(row(all, client.identity(), "Leaf", "Available")).contains("true");
            assertThat(row(all, client.identity(), "Root", "Available")).contains("true");
            assertThat(run(path, "workload", file)).contains("POD NAME");
            assertThat(run(path, "service", file)).contains("SERVICE VIP");
            assertThat(run(path, "policy", file)).contains("POLICY NAME");
            assertThat(run(path, "certificate", file)).contains("SERIAL NUMBER");
            assertThat(row(run(path, "connections", file), "client.default", "Outbound", "HBONE"))
                    .contains("web.default.svc.cluster.local:80");
        }
    }

    private static String dump() {
        return TestMesh.get(mesh.node2().netns(), 15000, "/config_dump");
    }

    /** The line with all the words. */
    private static String row(String table, String... words) {
        return table.lines()
                .filter(line -> List.of(words).stream().allMatch(line::contains))
                .findFirst()
                .orElse("");
    }

    private static String run(String istioctl, String what, Path dump) throws Exception {
        Process process =
                new ProcessBuilder(istioctl, "ztunnel-config", what, "-f", dump.toString())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
