package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Capture;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on when parts of the mesh die or certificates run out. A mesh for each test. */
final class SurvivalTest {

    private static final String MARKER = "the-marker-that-nobody-may-read";

    private @Nullable TestMesh running;

    @BeforeEach
    void needsRoot() {
        NeedsRoot.orSayThatItIsSkipped("SurvivalTest");
    }

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void trafficAndNewConnectionsGoOnWithoutIstiod() throws IOException {
        Pair pair = start(new TestMesh("noistiod"));
        TestMesh mesh = pair.mesh();
        TestPod client = pair.client();
        TestPod server = pair.server();
        try (EchoApp app = new EchoApp(server.net(), 8001);
                Socket open = client.connect(server.ip(), 8001)) {
            assertThat(Talk.on(open, "before")).isEqualTo("before");

            mesh.process("istiod").kill();

            assertThat(Talk.on(open, "after")).isEqualTo("after");
            for (int i = 0; i < 50; i++) {
                assertThat(Talk.once(client, server.ip(), 8001, "new " + i)).isEqualTo("new " + i);
            }
            // the other direction was never used: its tunnel and certificate are new
            try (EchoApp back = new EchoApp(client.net(), 8001)) {
                assertThat(Talk.once(server, client.ip(), 8001, "back")).isEqualTo("back");
                assertThat(back.accepted()).isEqualTo(1);
            }
            assertThat(app.accepted()).isEqualTo(51);
        }
    }

    @Test
    void certificatesOfThirtySecondsRotateUnderLoadWithNoError() throws IOException {
        Pair pair = start(new TestMesh("rotate").with("SECRET_TTL", "30s"));
        TestMesh mesh = pair.mesh();
        TestPod client = pair.client();
        TestPod server = pair.server();
        String first = pair.serial();
        try (EchoApp app = new EchoApp(server.net(), 8001);
                Socket kept = client.connect(server.ip(), 8001)) {
            int sent = 0;
            java.util.Set<String> serials = new java.util.LinkedHashSet<>();
            while (serials.size() < 3) {
                assertThat(Talk.once(client, server.ip(), 8001, "new")).isEqualTo("new");
                assertThat(Talk.on(kept, "kept")).isEqualTo("kept");
                if (++sent % 50 == 0) {
                    serials.add(pair.serial());
                }
            }
            assertThat(serials).hasSizeGreaterThanOrEqualTo(3);
            assertThat(first).isNotEmpty();
            assertThat(app.accepted()).isEqualTo(sent + 1);
        }
    }

    @Test
    void aKilledZtunnelLetsNoPlaintextOut(@TempDir Path dir) throws IOException {
        Pair pair = start(new TestMesh("kill"));
        TestMesh mesh = pair.mesh();
        TestPod client = pair.client();
        TestPod server = pair.server();
        try (EchoApp app = new EchoApp(server.net(), 8001)) {
            assertThat(Talk.once(client, server.ip(), 8001, MARKER)).isEqualTo(MARKER);
            Capture wire = mesh.bed().capture(mesh.node1(), dir.resolve("kill.pcap"));
            Capture other = mesh.bed().capture(mesh.node2(), dir.resolve("kill2.pcap"));
            for (var node : mesh.bed().nodes()) {
                mesh.process("ztunnel-" + node.name()).kill();
                int refused = 0;
                for (int i = 0; i < 20; i++) {
                    refused += Talk.once(client, server.ip(), 8001, MARKER).isEmpty() ? 1 : 0;
                }
                assertThat(refused)
                        .as("refused while ztunnel of " + node.name() + " is gone")
                        .isEqualTo(20);
                mesh.startZtunnel(node);
                Eventually.holds(
                        "traffic flows again after " + node.name() + " came back",
                        () -> Talk.once(client, server.ip(), 8001, MARKER).equals(MARKER));
            }
            wire.close();
            other.close();
            assertThat(wire.contains(MARKER)).isFalse();
            assertThat(other.contains(MARKER)).isFalse();
            assertThat(app.accepted()).isGreaterThanOrEqualTo(3);
        }
    }

    /** A mesh with a client on one node and a server on the other. */
    private record Pair(TestMesh mesh, TestPod client, TestPod server) {

        String serial() {
            return ConfigDump.of(TestMesh.get(mesh.node1().netns(), 15000, "/config_dump"))
                    .serialOf(client.identity());
        }
    }

    private Pair start(TestMesh mesh) {
        running = mesh;
        TestPod client = mesh.pod(mesh.node1(), "client");
        TestPod server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
        return new Pair(mesh, client, server);
    }
}
