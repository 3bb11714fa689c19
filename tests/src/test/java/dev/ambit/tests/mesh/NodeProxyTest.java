package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Capture;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the node proxy promises, between pods on two nodes: encrypted on the wire, decided by
 * identity before the application sees anything, decided again when policy changes.
 */
public final class NodeProxyTest {

    private static final String PLAIN = "what-everybody-on-the-wire-may-read";
    private static final String MARKER = "the-marker-that-nobody-may-read";

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;
    private static TestPod outsider;
    private static TestPod outsideServer;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("NodeProxyTest");
        mesh = new TestMesh("l4");
        mesh.cluster().apply("namespace-outside", TestCluster.namespace("outside", Map.of()));
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        outsider = mesh.pod(mesh.node1(), "outside", "outsider", Map.of("app", "outsider"));
        outsideServer = mesh.pod(mesh.node2(), "outside", "plain", Map.of("app", "plain"));
        mesh.start().awaitEnrolled(client, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void noByteOfAMarkerCrossesTheWireBetweenNodes(@TempDir Path dir) throws IOException {
        try (EchoApp in = new EchoApp(server.net(), 8001);
                EchoApp out = new EchoApp(outsideServer.net(), 8001)) {
            Capture wire = mesh.bed().capture(mesh.node1(), dir.resolve("wire.pcap"));
            assertThat(Talk.once(client, server.ip(), 8001, MARKER)).isEqualTo(MARKER);
            // plain text on the same link, later: once it is seen, all before it was recorded
            assertThat(Talk.once(outsider, outsideServer.ip(), 8001, PLAIN)).isEqualTo(PLAIN);
            Eventually.holds("the capture can see plain text", () -> wire.contains(PLAIN));
            wire.close();

            assertThat(wire.contains(MARKER)).as("the marker on the wire").isFalse();
            assertThat(in.clients())
                    .as("the app sees the client's own address")
                    .containsExactly(client.ip());
            assertThat(out.accepted()).isEqualTo(1);
        }
    }

    @Test
    void anAppBehindADenyPolicySeesNoConnectionAtAll() throws IOException {
        TestPod guarded = mesh.pod(mesh.node2(), "guarded");
        mesh.awaitEnrolled(guarded);
        try (EchoApp app = new EchoApp(guarded.net(), 8002)) {
            mesh.cluster().apply("deny-client", deny("deny-client", "guarded", client));
            awaitPolicy("default", "deny-client");

            assertThat(Talk.once(client, guarded.ip(), 8002, "hello")).isEmpty();
            assertThat(app.accepted()).isZero();
            assertThat(Talk.once(server, guarded.ip(), 8002, "hello")).isEqualTo("hello");
            assertThat(mesh.process("ztunnel-n2").logText())
                    .contains("explicitly denied by: default/deny-client");
        } finally {
            mesh.cluster().delete("deny-client");
        }
    }

    @Test
    void aPolicyThatArrivesClosesTheOpenConnectionItDenies() throws IOException {
        TestPod changing = mesh.pod(mesh.node2(), "changing");
        mesh.awaitEnrolled(changing);
        try (EchoApp app = new EchoApp(changing.net(), 8003);
                Socket denied = client.connect(changing.ip(), 8003);
                Socket allowed = server.connect(changing.ip(), 8003)) {
            assertThat(Talk.on(denied, "before")).isEqualTo("before");
            assertThat(Talk.on(allowed, "before")).isEqualTo("before");

            mesh.cluster().apply("deny-open", deny("deny-open", "changing", client));

            assertThat(Talk.ends(denied)).as("the denied connection ends").isTrue();
            assertThat(Talk.on(allowed, "after")).isEqualTo("after");
            assertThat(app.accepted()).isEqualTo(2);
        } finally {
            mesh.cluster().delete("deny-open");
        }
    }

    @Test
    void plaintextToAStrictWorkloadIsRefused() throws IOException {
        TestPod strict = mesh.pod(mesh.node2(), "strict");
        mesh.awaitEnrolled(strict);
        try (EchoApp app = new EchoApp(strict.net(), 8004)) {
            assertThat(Talk.once(outsider, strict.ip(), 8004, "plain")).isEqualTo("plain");
            mesh.cluster()
                    .apply(
                            "strict",
                            """
                            apiVersion: security.istio.io/v1
                            kind: PeerAuthentication
                            metadata: {name: strict, namespace: default}
                            spec:
                              selector: {matchLabels: {app: strict}}
                              mtls: {mode: STRICT}
                            """);
            Eventually.holds(
                    "plaintext is refused",
                    () -> Talk.once(outsider, strict.ip(), 8004, "plain").isEmpty());
            int seen = app.accepted();

            assertThat(Talk.once(outsider, strict.ip(), 8004, "plain")).isEmpty();
            assertThat(app.accepted()).as("connections of the app after STRICT").isEqualTo(seen);
            assertThat(Talk.once(client, strict.ip(), 8004, "mtls")).isEqualTo("mtls");
        } finally {
            mesh.cluster().delete("strict");
        }
    }

    @Test
    void halfClosedConnectionsStillAnswer() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8005);
                Socket s = client.connect(server.ip(), 8005)) {
            s.getOutputStream()
                    .write("last words".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            s.shutdownOutput();
            assertThat(
                            new String(
                                    s.getInputStream().readAllBytes(),
                                    java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("last words");
            assertThat(app.accepted()).isEqualTo(1);
        }
    }

    @Test
    void metricsNameBothEndsOfAConnectionByIdentity() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8006)) {
            assertThat(Talk.once(client, server.ip(), 8006, "count me")).isEqualTo("count me");
            assertThat(app.accepted()).isEqualTo(1);
        }
        Eventually.holds(
                "the source reports the connection",
                () ->
                        TestMesh.get(mesh.node1().netns(), 15020, "/stats/prometheus")
                                .lines()
                                .anyMatch(
                                        l ->
                                                l.startsWith("istio_tcp_connections_opened_total{")
                                                        && l.contains("reporter=\"source\"")
                                                        && l.contains(
                                                                "source_principal=\""
                                                                        + client.identity()
                                                                        + "\"")
                                                        && l.contains(
                                                                "destination_principal=\""
                                                                        + server.identity()
                                                                        + "\"")
                                                        && l.contains(
                                                                "connection_security_policy=\"mutual_tls\"")));
    }

    private static void awaitPolicy(String namespace, String name) {
        Eventually.holds(
                "ztunnel on n2 has " + name,
                () -> {
                    String dump = TestMesh.get(mesh.node2().netns(), 15000, "/config_dump");
                    return !dump.isEmpty() && ConfigDump.of(dump).hasPolicy(namespace, name);
                });
    }

    public static String deny(String name, String app, TestPod source) {
        return """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: %s, namespace: default}
        spec:
          selector: {matchLabels: {app: %s}}
          action: DENY
          rules:
          - from:
            - source:
                principals: ["%s"]
        """
                .formatted(name, app, source.identity().substring("spiffe://".length()));
    }
}
