package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.demo.bed.Capture;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two pods of one node with {@code AMBIT_SAME_NODE_SHORTCUT=true}: no tunnel between them, and
 * every promise of one. Sizes are below and above the one at which the kernel moves the bytes by
 * itself.
 */
final class SameNodeTest {

    private static final String MARKER = "the-marker-that-stays-on-the-node";
    private static final String PLAIN = "what-everybody-on-the-wire-may-read";
    private static final long MUCH = 96L << 20;

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod other;
    private static TestPod server;
    private static TestPod outsider;
    private static TestPod outsideServer;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("SameNodeTest");
        mesh = new TestMesh("samenode").with("AMBIT_SAME_NODE_SHORTCUT", "true");
        mesh.cluster()
                .apply("namespace-outside", TestCluster.namespace("outside", java.util.Map.of()));
        client = mesh.pod(mesh.node1(), "client");
        other = mesh.pod(mesh.node1(), "other");
        server = mesh.pod(mesh.node1(), "server");
        outsider = mesh.pod(mesh.node1(), "outside", "outsider", java.util.Map.of());
        outsideServer = mesh.pod(mesh.node2(), "outside", "plain", java.util.Map.of());
        mesh.start().awaitEnrolled(client, other, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static double handshakes() {
        return TestMesh.get(mesh.node1().netns(), 15020, "/metrics")
                .lines()
                .filter(line -> line.startsWith("ambit_tls_handshakes_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** What an echo of that size leaves is an open connection. */
    private static Socket warm(TestPod from, int port, int bytes) throws IOException {
        Socket socket = from.connect(server.ip(), port);
        byte[] piece = new byte[64 * 1024];
        for (int sent = 0; sent < bytes; sent += piece.length) {
            socket.getOutputStream().write(piece);
            assertThat(socket.getInputStream().readNBytes(piece.length)).hasSize(piece.length);
        }
        return socket;
    }

    @Test
    void noByteLeavesTheNodeAndThereIsNoTunnel(@TempDir Path dir) throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8001);
                EchoApp beyond = new EchoApp(outsideServer.net(), 8001)) {
            double before = handshakes();
            Capture wire = mesh.bed().capture(mesh.node1(), dir.resolve("wire.pcap"));
            assertThat(Talk.once(client, server.ip(), 8001, MARKER)).isEqualTo(MARKER);
            // plain text on the same link, later: once it is seen, all before it was recorded
            assertThat(Talk.once(outsider, outsideServer.ip(), 8001, PLAIN)).isEqualTo(PLAIN);
            Eventually.holds("the capture can see plain text", () -> wire.contains(PLAIN));
            wire.close();

            assertThat(wire.contains(MARKER)).as("the marker on the wire").isFalse();
            assertThat(handshakes()).as("TLS handshakes").isEqualTo(before);
            assertThat(app.clients())
                    .as("the app sees the client's own address")
                    .containsExactly(client.ip());
            assertThat(beyond.accepted()).isEqualTo(1);
        }
    }

    @Test
    void manyMebibytesBothWaysArriveAsTheyWere() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8002);
                Socket one = client.connect(server.ip(), 8002);
                Socket another = other.connect(server.ip(), 8002)) {
            Bulk first = new Bulk(one, 1, MUCH);
            Bulk second = new Bulk(another, 2, MUCH);
            // Nobody reads yet: nothing on the way may grow without bound, or get lost.
            first.awaitFull();
            assertThat(first.written()).isLessThan(MUCH);
            assertThat(first.comesBack()).isEqualTo(first.sent());
            assertThat(second.comesBack()).isEqualTo(second.sent());
            assertThat(app.accepted()).isEqualTo(2);
        }
    }

    @Test
    void anAppBehindADenyPolicySeesNoConnectionAtAll() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8003)) {
            mesh.cluster().apply("deny-near", NodeProxyTest.deny("deny-near", "server", client));
            awaitPolicy("deny-near");
            assertThat(Talk.once(client, server.ip(), 8003, "hello")).isEmpty();
            assertThat(app.accepted()).isZero();
            assertThat(Talk.once(other, server.ip(), 8003, "hello")).isEqualTo("hello");
            assertThat(mesh.process("ztunnel-n1").logText())
                    .contains("explicitly denied by: default/deny-near");
        } finally {
            mesh.cluster().delete("deny-near");
            awaitNoPolicy("deny-near");
        }
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {65_536, 4 << 20})
    void aPolicyThatArrivesClosesTheOpenConnectionItDenies(int bytes) throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8004);
                Socket denied = warm(client, 8004, bytes);
                Socket allowed = warm(other, 8004, bytes)) {
            mesh.cluster().apply("deny-later", NodeProxyTest.deny("deny-later", "server", client));
            assertThat(Talk.ends(denied)).as("the denied connection ends").isTrue();
            assertThat(Talk.on(allowed, "after")).isEqualTo("after");
            assertThat(app.accepted()).isEqualTo(2);
        } finally {
            mesh.cluster().delete("deny-later");
            awaitNoPolicy("deny-later");
        }
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {65_536, 4 << 20})
    void aHalfClosedConnectionStillAnswers(int bytes) throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8005);
                Socket socket = warm(client, 8005, bytes)) {
            socket.getOutputStream().write(42);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(42);
            assertThat(app.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {65_536, 4 << 20})
    void aResetIsAReset(int bytes) throws IOException {
        try (ResetApp app = new ResetApp(server.net(), 8006, bytes);
                Socket socket = client.connect(server.ip(), 8006)) {
            socket.getOutputStream().write(new byte[bytes]);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class);
            try (Socket fromClient = client.connect(server.ip(), 8006)) {
                fromClient.getOutputStream().write(new byte[bytes / 2]);
                Eventually.holds("it is connected", () -> app.begun() == 2);
                fromClient.setSoLinger(true, 0);
            }
            Eventually.holds("the app sees a reset", () -> app.resets() == 1);
        }
    }

    static void awaitPolicy(String name) {
        Eventually.holds("ztunnel has " + name, () -> hasPolicy(name));
    }

    private static void awaitNoPolicy(String name) {
        Eventually.holds("ztunnel has forgotten " + name, () -> !hasPolicy(name));
    }

    private static boolean hasPolicy(String name) {
        String dump = TestMesh.get(mesh.node1().netns(), 15000, "/config_dump");
        return !dump.isEmpty() && ConfigDump.of(dump).hasPolicy("default", name);
    }
}
