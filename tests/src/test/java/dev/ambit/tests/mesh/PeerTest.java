package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Upstream's own ztunnel in place of ours, on one node or on both, against our istiod and our node
 * agent: {@code AMBIT_PEER_ZTUNNEL} is the path of its binary.
 */
final class PeerTest {

    private @Nullable TestMesh running;

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
        }
    }

    @ParameterizedTest(name = "client behind {0}, server behind {1}")
    @CsvSource({"ambit, upstream", "upstream, ambit", "upstream, upstream"})
    void eitherHalfCanBeUpstreams(String clientSide, String serverSide) throws IOException {
        NeedsRoot.orSayThatItIsSkipped("PeerTest");
        Optional<Path> peer =
                Optional.ofNullable(System.getenv("AMBIT_PEER_ZTUNNEL")).map(Path::of);
        NeedsRoot.skipUnless(
                peer.filter(Files::isExecutable).isPresent(),
                "PeerTest with client behind " + clientSide + ", server behind " + serverSide,
                "AMBIT_PEER_ZTUNNEL is not the path of an upstream ztunnel");
        List<String> upstream = List.of(peer.orElseThrow().toString(), "proxy", "ztunnel");
        TestMesh mesh = new TestMesh("peer");
        running = mesh;
        if (clientSide.equals("upstream")) {
            mesh.ztunnelOn("n1", upstream);
        }
        if (serverSide.equals("upstream")) {
            mesh.ztunnelOn("n2", upstream);
        }
        // these paths are about connections; the peer's DNS proxy has a test of its own kind
        mesh.with("ISTIO_META_DNS_CAPTURE", "false");
        TestPod client = mesh.pod(mesh.node1(), "client");
        TestPod other = mesh.pod(mesh.node1(), "other");
        TestPod server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, other, server);

        try (EchoApp app = new EchoApp(server.net(), 8001)) {
            String large = "0123456789abcdef".repeat(8192);
            assertThat(Talk.once(client, server.ip(), 8001, "small")).isEqualTo("small");
            assertThat(Talk.once(client, server.ip(), 8001, large)).isEqualTo(large);
            assertThat(app.clients()).containsOnly(client.ip());

            mesh.cluster().apply("deny", NodeProxyTest.deny("deny", "server", client));
            Eventually.holds(
                    "the policy is in force",
                    () -> Talk.once(client, server.ip(), 8001, "denied?").isEmpty());
            int seen = app.accepted();
            assertThat(Talk.once(client, server.ip(), 8001, "denied")).isEmpty();
            assertThat(app.accepted()).isEqualTo(seen);
            assertThat(Talk.once(other, server.ip(), 8001, "allowed")).isEqualTo("allowed");
        }
    }
}
