package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is told of connections must not depend on how their bytes went: with the short cut as with a
 * tunnel, spliced as copied. Compared line by line and series by series; only times and the source
 * ports of tunnels are left out.
 */
final class SameNodeReportTest {

    private static final int MUCH = 4 << 20;

    private @Nullable TestMesh running;

    @BeforeEach
    void needsRoot() {
        NeedsRoot.orSayThatItIsSkipped("SameNodeReportTest");
    }

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    /** What one run has told. */
    private record Told(List<String> lines, Map<String, String> series) {}

    @Test
    void theShortCutIsReportedAsATunnelIs() throws IOException {
        Told tunnelled = told("false");
        leaveNothingBehind();
        Told direct = told("true");
        assertThat(direct.lines()).isEqualTo(tunnelled.lines()).hasSize(14);
        assertThat(direct.series()).isEqualTo(tunnelled.series()).isNotEmpty();
    }

    private Told told(String shortcut) throws IOException {
        TestMesh mesh = new TestMesh("report").with("AMBIT_SAME_NODE_SHORTCUT", shortcut);
        running = mesh;
        TestPod client = mesh.pod(mesh.node1(), "client");
        TestPod server = mesh.pod(mesh.node1(), "server");
        mesh.start().awaitEnrolled(client, server);
        try (EchoApp app = new EchoApp(server.net(), 8001);
                ResetApp resets = new ResetApp(server.net(), 8002, MUCH)) {
            // 1, 2: both ends finish, small and large
            echoed(client, server.ip(), 1000);
            echoed(client, server.ip(), MUCH);
            // 3: the application resets
            try (Socket socket = client.connect(server.ip(), 8002)) {
                socket.getOutputStream().write(new byte[MUCH]);
                assertThat(Talk.ends(socket)).isTrue();
            }
            // 4: nobody listens there
            assertThat(Talk.once(client, server.ip(), 9999, "nobody")).isEmpty();
            // 5, 6: open connections are cut by a policy that arrives
            try (Socket small = client.connect(server.ip(), 8001);
                    Socket large = client.connect(server.ip(), 8001)) {
                assertThat(Talk.on(small, "before")).isEqualTo("before");
                exchange(large, MUCH);
                mesh.cluster().apply("deny", NodeProxyTest.deny("deny", "server", client));
                assertThat(Talk.ends(small)).isTrue();
                assertThat(Talk.ends(large)).isTrue();
            }
            // 7: denied from the start
            assertThat(Talk.once(client, server.ip(), 8001, "denied")).isEmpty();
            assertThat(app.accepted()).isEqualTo(4);
            assertThat(resets.resets()).isZero();
        }
        Eventually.holds(
                "both sides of seven connections are told of",
                () -> Report.lines(mesh.process("ztunnel-n1").logText()).size() >= 14);
        return new Told(
                Report.lines(mesh.process("ztunnel-n1").logText()),
                Report.series(TestMesh.get(mesh.node1().netns(), 15020, "/metrics")));
    }

    private static void echoed(TestPod client, String ip, int bytes) throws IOException {
        try (Socket socket = client.connect(ip, 8001)) {
            exchange(socket, bytes);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isNegative();
        }
    }

    private static void exchange(Socket socket, int bytes) throws IOException {
        byte[] piece = new byte[Math.min(bytes, 32 * 1024)];
        for (int sent = 0; sent < bytes; sent += piece.length) {
            socket.getOutputStream().write(piece);
            assertThat(socket.getInputStream().readNBytes(piece.length)).hasSize(piece.length);
        }
    }

    /** Out of the mesh: the same ends, before and after the kernel has taken over. */
    @Test
    void aSplicedConnectionIsReportedAsACopiedOneIs() throws IOException {
        TestMesh mesh = new TestMesh("splicerep");
        running = mesh;
        TestPod client = mesh.pod(mesh.node1(), "client");
        mesh.start().awaitEnrolled(client);
        String outside = mesh.bed().fabric().address();
        List<String> copied;
        List<String> spliced;
        try (Netns fabric = Netns.open(mesh.bed().fabric().netns());
                EchoApp app = new EchoApp(new PodNet(fabric), 8001)) {
            copied = plain(mesh, client, outside, fabric, 64 * 1024);
            spliced = plain(mesh, client, outside, fabric, MUCH);
            assertThat(app.accepted()).isEqualTo(4);
        }
        assertThat(copied).anyMatch(line -> line.contains("bytes_sent=65536"));
        assertThat(spliced).anyMatch(line -> line.contains("bytes_sent=" + MUCH));
        assertThat(withoutBytes(spliced)).isEqualTo(withoutBytes(copied)).hasSize(3);
    }

    private static List<String> withoutBytes(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("bytes_(sent|recv)=\\d+", "bytes_$1"))
                .sorted()
                .toList();
    }

    /** The lines of three connections: finished, reset by the application, reset by the client. */
    private static List<String> plain(
            TestMesh mesh, TestPod client, String outside, Netns fabric, int bytes)
            throws IOException {
        int before = Report.lines(mesh.process("ztunnel-n1").logText()).size();
        List<String> known = Report.lines(mesh.process("ztunnel-n1").logText());
        echoed(client, outside, bytes);
        try (ResetApp app = new ResetApp(new PodNet(fabric), 8002, bytes);
                Socket socket = client.connect(outside, 8002)) {
            socket.getOutputStream().write(new byte[bytes]);
            assertThat(Talk.ends(socket)).isTrue();
            assertThat(app.resets()).isZero();
        }
        try (Socket socket = client.connect(outside, 8001)) {
            exchange(socket, bytes);
            socket.setSoLinger(true, 0);
        }
        Eventually.holds(
                "three connections are told of",
                () -> Report.lines(mesh.process("ztunnel-n1").logText()).size() >= before + 3);
        List<String> lines =
                new java.util.ArrayList<>(Report.lines(mesh.process("ztunnel-n1").logText()));
        known.forEach(lines::remove);
        return lines;
    }
}
