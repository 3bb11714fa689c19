package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is told what of connections, in a whole mesh. */
final class TelemetryTest {

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("TelemetryTest");
        mesh = new TestMesh("telemetry");
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static long lines(String level) {
        return mesh.process("ztunnel-n1")
                .logText()
                .lines()
                .filter(line -> line.contains("\t" + level + "\taccess\tconnection complete\t"))
                .count();
    }

    private static void talk() {
        try (EchoApp app = new EchoApp(server.net(), 8001)) {
            assertThat(Talk.once(client, server.ip(), 8001, "hello")).isEqualTo("hello");
            assertThat(app.accepted()).isEqualTo(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fail() {
        assertThat(Talk.once(client, server.ip(), 9999, "nobody")).isEmpty();
    }

    @Test
    void aTelemetryObjectSaysWhichConnectionsAreLogged() {
        talk();
        Eventually.holds("a line without any Telemetry", () -> lines("info") > 0);
        mesh.cluster()
                .apply(
                        "errors-only",
                        """
                        apiVersion: telemetry.istio.io/v1
                        kind: Telemetry
                        metadata: {name: errors-only, namespace: istio-system}
                        spec:
                          accessLogging:
                          - filter: {expression: connection.failed}
                        """);
        Eventually.holds(
                "only failures are logged",
                () -> {
                    long before = lines("info");
                    long failures = lines("error");
                    talk();
                    fail();
                    Eventually.holds("the failure is logged", () -> lines("error") > failures);
                    return lines("info") == before;
                });
        mesh.cluster().delete("errors-only");
        Eventually.holds(
                "everything is logged again",
                () -> {
                    long before = lines("info");
                    long failures = lines("error");
                    talk();
                    fail();
                    Eventually.holds("the failure is logged", () -> lines("error") > failures);
                    return lines("info") > before;
                });
    }

    @Test
    void timesOfConnectsAndHandshakesAndTheUdpOfPodsAreThere() {
        talk();
        for (var node : mesh.bed().nodes()) {
            Eventually.holds(
                    "metrics of " + node.name(),
                    () -> {
                        String metrics = TestMesh.get(node.netns(), 15020, "/metrics");
                        return metrics.contains("ambit_tcp_connect_duration_seconds_count")
                                && metrics.contains("ambit_tls_handshake_duration_seconds_count")
                                && metrics.contains("ambit_hbone_connections_opened_total")
                                && metrics.contains("ambit_pod_udp_datagrams_total{");
                    });
        }
    }

    @Test
    void profilesAreServed() {
        String profile =
                TestMesh.get(mesh.node1().netns(), 15000, "/debug/pprof/profile?seconds=1");
        assertThat(profile).contains("samples", "nanoseconds");
    }
}
