package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may come in plain text, and where nobody may go at all. */
final class PlaintextMatrixTest {

    private static final List<String> MODES = List.of("STRICT", "PERMISSIVE", "DISABLE");
    private static final int WITH_PORT_LEVEL = 8001;
    private static final int WITHOUT = 8002;

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod strict;
    private static TestPod bare;
    private static TestPod outsider;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("PlaintextMatrixTest");
        mesh = new TestMesh("matrix");
        mesh.cluster().apply("namespace-outside", TestCluster.namespace("outside", Map.of()));
        client = mesh.pod(mesh.node1(), "client");
        strict = mesh.pod(mesh.node2(), "strict");
        bare = mesh.pod(mesh.node2(), "bare");
        outsider = mesh.pod(mesh.node1(), "outside", "outsider", Map.of("app", "outsider"));
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
        mesh.start().awaitEnrolled(client, strict, bare);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private record Combination(TestPod pod, String workload, String port) {}

    /** D12: the port's mode, else the workload's, else the namespace's; 27 combinations. */
    @Test
    void plaintextIsJudgedByTheNearestMode() throws IOException {
        List<Combination> combinations = combinations();
        mesh.awaitEnrolled(combinations.stream().map(Combination::pod).toArray(TestPod[]::new));
        List<EchoApp> apps = new ArrayList<>();
        try {
            for (Combination c : combinations) {
                apps.add(new EchoApp(c.pod().net(), WITH_PORT_LEVEL));
                apps.add(new EchoApp(c.pod().net(), WITHOUT));
            }
            apps.add(new EchoApp(bare.net(), WITHOUT));
            for (String namespace : MODES) {
                mesh.cluster().apply("peers", peers("default", "", namespace, ""));
                Eventually.holds(
                        "namespace " + namespace,
                        () -> plaintext(bare, WITHOUT) == allows(namespace));
                for (Combination c : combinations) {
                    String what = namespace + "/" + c.workload() + "/" + c.port();
                    Eventually.holds(
                            what + " at the port",
                            () -> plaintext(c.pod(), WITH_PORT_LEVEL) == allows(c.port()));
                    Eventually.holds(
                            what + " beside it",
                            () -> plaintext(c.pod(), WITHOUT) == allows(c.workload()));
                    assertThat(Talk.once(client, c.pod().ip(), WITHOUT, "mtls"))
                            .as("mutual TLS, " + what)
                            .isEqualTo("mtls");
                }
            }
        } finally {
            mesh.cluster().delete("peers");
            for (EchoApp a : apps) {
                a.close();
            }
        }
    }

    private static List<Combination> combinations() {
        List<Combination> all = new ArrayList<>();
        for (String workload : MODES) {
            for (String port : MODES) {
                String name = (workload + "-" + port).toLowerCase(java.util.Locale.ROOT);
                mesh.cluster().apply("peers-" + name, peers(name, name, workload, port));
                all.add(new Combination(mesh.pod(mesh.node2(), name), workload, port));
            }
        }
        return all;
    }

    private static boolean allows(String mode) {
        return !mode.equals("STRICT");
    }

    private static boolean plaintext(TestPod to, int port) {
        return Talk.once(outsider, to.ip(), port, "plain").equals("plain");
    }

    private static String peers(String name, String app, String mode, String port) {
        String yaml =
                """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: %s, namespace: default}
                spec:
                  mtls: {mode: %s}
                """
                        .formatted(name, mode);
        return yaml
                + (app.isEmpty() ? "" : "  selector: {matchLabels: {app: " + app + "}}\n")
                + (port.isEmpty()
                        ? ""
                        : "  portLevelMtls: {\"" + WITH_PORT_LEVEL + "\": {mode: " + port + "}}\n");
    }

    /** D15: no door of the proxy lets plain text through to an application that wants none. */
    @Test
    void plaintextReachesAStrictApplicationByNoPort() throws IOException {
        try (EchoApp app = new EchoApp(strict.net(), 8005)) {
            Eventually.holds(
                    "mutual TLS works",
                    () -> Talk.once(client, strict.ip(), 8005, "mtls").equals("mtls"));
            Eventually.holds(
                    "plaintext is refused",
                    () -> Talk.once(outsider, strict.ip(), 8005, "plain").isEmpty());
            int seen = app.accepted();
            String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            for (int port : new int[] {8005, 15001, 15006, 15008}) {
                assertThat(Talk.once(outsider, strict.ip(), port, request))
                        .as("plain text to port " + port)
                        .doesNotContain(request);
            }
            assertThat(app.accepted()).isEqualTo(seen);
        }
    }

    /** E02: the proxy's own ports are no destinations, and asking leaves nothing behind. */
    @Test
    void theProxysOwnPortsAreNoDestinations() {
        long before = descriptors();
        for (int round = 0; round < 5; round++) {
            for (int port : new int[] {15000, 15001, 15006, 15008, 15020, 15021, 15053, 15080}) {
                for (TestPod to : List.of(strict, bare, client)) {
                    String got =
                            Talk.once(client, to.ip(), port, "GET /config_dump HTTP/1.0\r\n\r\n");
                    assertThat(got.getBytes(StandardCharsets.UTF_8))
                            .as(to.name() + ":" + port)
                            .isEmpty();
                }
            }
        }
        Eventually.holds("no descriptor is kept", () -> descriptors() <= before + 16);
    }

    private static long descriptors() {
        long pid = mesh.process("ztunnel-n1").pid();
        try (var fds = java.nio.file.Files.list(java.nio.file.Path.of("/proc/" + pid + "/fd"))) {
            return fds.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
