package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Capture;
import dev.ambit.demo.bed.Node;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of the mesh are away for a while. Each test leaves it whole again. */
final class OutageTest {

    private static final String MARKER = "the-marker-that-nobody-may-read";

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("OutageTest");
        mesh = new TestMesh("outage");
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

    /** M01, P1: what a proxy knows it goes on doing. Half an hour of it: {@code ./ambit rig}. */
    @Test
    void noConnectionFailsWhileTheControlPlaneIsAway() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8001);
                Socket open = client.connect(server.ip(), 8001)) {
            assertThat(Talk.on(open, "before")).isEqualTo("before");
            mesh.process("istiod").kill();
            int failed = 0;
            for (int i = 0; i < 200; i++) {
                failed += Talk.once(client, server.ip(), 8001, "new").equals("new") ? 0 : 1;
            }
            assertThat(failed).as("failed of 200 new connections").isZero();
            assertThat(Talk.on(open, "after")).isEqualTo("after");
            assertThat(app.accepted()).isEqualTo(201);
        } finally {
            mesh.startIstiod();
        }
    }

    /** M02: nothing is known of a pod that comes while the control plane is away: it must wait. */
    @Test
    void aPodThatComesWhileTheControlPlaneIsAwaySaysNothingInPlaintext(@TempDir Path dir)
            throws IOException {
        Capture wire = mesh.bed().capture(mesh.node1(), dir.resolve("late.pcap"));
        try (EchoApp app = new EchoApp(server.net(), 8002)) {
            mesh.process("istiod").kill();
            TestPod late = mesh.pod(mesh.node1(), "late");
            Eventually.holds(
                    "the agent has rules in the new pod",
                    () -> !mesh.cluster().redirection(late).isEmpty());

            assertThat(Talk.once(late, server.ip(), 8002, MARKER)).isEmpty();
            assertThat(app.accepted()).isZero();

            mesh.startIstiod();
            mesh.awaitEnrolled(late);
            Eventually.holds(
                    "the new pod is served",
                    () -> Talk.once(late, server.ip(), 8002, MARKER).equals(MARKER));
        }
        wire.close();
        assertThat(wire.contains(MARKER)).isFalse();
    }

    /** M01, M03: started while no control plane answers, it serves the mesh it knew. */
    @Test
    void aProxyThatRestartsWithoutControlPlaneServesFromItsCache(@TempDir Path dir)
            throws IOException {
        Node node = mesh.node1();
        try (EchoApp app = new EchoApp(server.net(), 8005)) {
            mesh.with("AMBIT_STATE_CACHE", dir.toString());
            restart(node);
            Eventually.holds("the state is on disk", () -> Files.exists(dir.resolve("state.bin")));
            // Its certificates still come from istiod's CA; state comes from nowhere.
            mesh.with("XDS_ADDRESS", "https://" + mesh.bed().fabric().address() + ":15999");
            restart(node);
            Eventually.holds(
                    "a new connection succeeds",
                    () -> Talk.once(client, server.ip(), 8005, MARKER).equals(MARKER));
            assertThat(metric(node, "ambit_state_stale_since_seconds")).isPositive();
            assertThat(app.accepted()).isPositive();
        } finally {
            mesh.without("XDS_ADDRESS").without("AMBIT_STATE_CACHE");
            restart(node);
        }
        Eventually.holds(
                "the control plane is heard again",
                () -> metric(node, "ambit_state_stale_since_seconds") == 0);
    }

    /** M03 with the CA away too: keys are in memory only, so it waits; closed, never plaintext. */
    @Test
    void aProxyThatRestartsWithoutStateAndCertificatesIsClosed(@TempDir Path dir)
            throws IOException {
        Node node = mesh.node1();
        Capture wire = mesh.bed().capture(node, dir.resolve("closed.pcap"));
        try (EchoApp app = new EchoApp(server.net(), 8006)) {
            mesh.with("AMBIT_STATE_CACHE", dir.toString());
            restart(node);
            Eventually.holds("the state is on disk", () -> Files.exists(dir.resolve("state.bin")));
            mesh.process("istiod").kill();
            restart(node);
            assertThat(Talk.once(client, server.ip(), 8006, MARKER)).isEmpty();
            assertThat(Talk.once(server, client.ip(), 8006, MARKER)).isEmpty();
            assertThat(app.accepted()).isZero();
            mesh.startIstiod();
            Eventually.holds(
                    "a new connection succeeds",
                    () -> Talk.once(client, server.ip(), 8006, MARKER).equals(MARKER));
        } finally {
            mesh.without("AMBIT_STATE_CACHE");
            restart(node);
        }
        wire.close();
        assertThat(wire.contains(MARKER)).isFalse();
    }

    private static void restart(Node node) {
        mesh.process("ztunnel-" + node.name()).kill();
        mesh.startZtunnel(node);
        mesh.awaitZtunnel(node);
    }

    /** M04, P4: a control plane that comes back sends what changed, not everything. */
    @Test
    void aProxyThatComesBackIsToldOnlyWhatChanged() {
        String all = "istio_xds_message_bytes_total";
        long connections = metric(mesh.node1(), "istio_xds_connection_terminations_total");
        mesh.process("istiod").kill();
        Eventually.holds(
                "the proxy has lost its stream",
                () ->
                        metric(mesh.node1(), "istio_xds_connection_terminations_total")
                                > connections);
        long before = metric(mesh.node1(), all);
        mesh.startIstiod();
        mesh.cluster().apply("deny-after", NodeProxyTest.deny("deny-after", "nobody", client));
        Eventually.holds(
                "the proxy has heard of the new policy",
                () ->
                        ConfigDump.of(TestMesh.get(mesh.node1().netns(), 15000, "/config_dump"))
                                .hasPolicy("default", "deny-after"));
        long bytes = metric(mesh.node1(), all) - before;
        System.err.println("M04: bytes of xDS after istiod came back: " + bytes);
        assertThat(bytes).as("bytes heard since").isLessThan(1024);
        mesh.cluster().delete("deny-after");
    }

    /** M11, P2, P3: killed again and again; nothing leaks, sessions end in a reset, it serves. */
    @Test
    void aProxyKilledAgainAndAgainServesAfterEachStart(@TempDir Path dir) throws IOException {
        Capture wire = mesh.bed().capture(mesh.node2(), dir.resolve("kill.pcap"));
        try (EchoApp app = new EchoApp(server.net(), 8003)) {
            for (int i = 0; i < 4; i++) {
                Node node = mesh.bed().nodes().get(i % 2);
                try (Socket open = client.connect(server.ip(), 8003)) {
                    assertThat(Talk.on(open, MARKER)).isEqualTo(MARKER);
                    mesh.process("ztunnel-" + node.name()).kill();
                    assertThat(Talk.once(client, server.ip(), 8003, MARKER)).isEmpty();
                    assertThat(endsInReset(open)).as("an idle session ends in a reset").isTrue();
                }
                mesh.startZtunnel(node);
                Eventually.holds(
                        "new connections succeed",
                        () -> Talk.once(client, server.ip(), 8003, MARKER).equals(MARKER));
            }
            assertThat(app.accepted()).isGreaterThanOrEqualTo(8);
        }
        wire.close();
        assertThat(wire.contains(MARKER)).isFalse();
    }

    /** M43, P5: a node that hears nothing from the control plane shows it in its metrics. */
    @Test
    void aNodeCutOffFromTheControlPlaneShowsItAndGoesOn() throws IOException {
        String cut = "-p tcp --dport 15012 -j REJECT --reject-with tcp-reset";
        long before = metric(mesh.node1(), "istio_xds_connection_terminations_total");
        try (EchoApp app = new EchoApp(server.net(), 8004)) {
            run(mesh.node1(), "iptables -w -A OUTPUT " + cut);
            Eventually.holds(
                    "the node counts streams that ended",
                    () -> {
                        // it hears of the cut when it speaks: an acknowledgement
                        mesh.cluster().apply("poke", NodeProxyTest.deny("poke", "nobody", server));
                        boolean seen =
                                metric(mesh.node1(), "istio_xds_connection_terminations_total")
                                        > before;
                        mesh.cluster().delete("poke");
                        return seen;
                    });
            assertThat(Talk.once(client, server.ip(), 8004, "still")).isEqualTo("still");
            assertThat(app.accepted()).isEqualTo(1);
        } finally {
            run(mesh.node1(), "iptables -w -D OUTPUT " + cut);
        }
        mesh.cluster().apply("later", NodeProxyTest.deny("later", "nobody", client));
        Eventually.holds(
                "the node hears again",
                () ->
                        ConfigDump.of(TestMesh.get(mesh.node1().netns(), 15000, "/config_dump"))
                                .hasPolicy("default", "later"));
        mesh.cluster().delete("later");
    }

    private static void run(Node node, String line) {
        assertThat(mesh.bed().exec(node, TestMesh.PATIENCE, "sh", "-c", line).exit())
                .as(line)
                .isZero();
    }

    private static boolean endsInReset(Socket s) {
        try {
            s.getOutputStream().write(1);
            return s.getInputStream().read() != -1;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Sum over all labels; 0 if nobody answers. */
    static long metric(Node node, String name) {
        return TestMesh.get(node.netns(), 15020, "/stats/prometheus")
                .lines()
                .filter(l -> l.startsWith(name + "{") || l.startsWith(name + " "))
                .map(l -> l.substring(l.lastIndexOf(' ') + 1))
                .collect(Collectors.summingLong(v -> (long) Double.parseDouble(v)));
    }
}
