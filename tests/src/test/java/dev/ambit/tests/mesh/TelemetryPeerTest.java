package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of connections, beside upstream's own ztunnel ({@code AMBIT_PEER_ZTUNNEL}). */
final class TelemetryPeerTest {

    private @Nullable TestMesh running;

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
        }
    }

    /** The same talks in both directions; then lines, metrics and dumps differ in values only. */
    @Test
    void tellsOfConnectionsWhatUpstreamTells() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("TelemetryPeerTest");
        Optional<Path> peer =
                Optional.ofNullable(System.getenv("AMBIT_PEER_ZTUNNEL")).map(Path::of);
        NeedsRoot.skipUnless(
                peer.filter(Files::isExecutable).isPresent(),
                "TelemetryPeerTest",
                "AMBIT_PEER_ZTUNNEL is not the path of an upstream ztunnel");
        TestMesh mesh = new TestMesh("telpeer");
        running = mesh;
        mesh.ztunnelOn("n2", List.of(peer.orElseThrow().toString(), "proxy", "ztunnel"));
        mesh.with("ISTIO_META_DNS_CAPTURE", "false");
        TestPod ours = mesh.pod(mesh.node1(), "ours");
        TestPod theirs = mesh.pod(mesh.node2(), "theirs");
        mesh.start().awaitEnrolled(ours, theirs);
        try (EchoApp left = new EchoApp(ours.net(), 8001);
                EchoApp right = new EchoApp(theirs.net(), 8001)) {
            assertThat(Talk.once(ours, theirs.ip(), 8001, "small")).isEqualTo("small");
            assertThat(Talk.once(theirs, ours.ip(), 8001, "small")).isEqualTo("small");
            assertThat(Talk.once(ours, theirs.ip(), 9999, "nobody")).isEmpty();
            assertThat(Talk.once(theirs, ours.ip(), 9999, "nobody")).isEmpty();
            assertThat(left.accepted()).isEqualTo(1);
            assertThat(right.accepted()).isEqualTo(1);
        }
        for (String direction : List.of("outbound", "inbound")) {
            for (String level : List.of("info", "error")) {
                String what = level + " " + direction;
                Eventually.holds(what, () -> !fields(mesh, "n1", level, direction).isEmpty());
                Eventually.holds(what, () -> !fields(mesh, "n2", level, direction).isEmpty());
                assertThat(fields(mesh, "n1", level, direction))
                        .as(what)
                        .isEqualTo(fields(mesh, "n2", level, direction));
            }
        }
        String metrics = TestMesh.get(mesh.node1().netns(), 15020, "/metrics");
        String theirMetrics = TestMesh.get(mesh.node2().netns(), 15020, "/metrics");
        assertThat(families(metrics))
                .containsAll(
                        families(theirMetrics).stream()
                                .filter(name -> !name.startsWith("tokio_"))
                                .toList());
        for (String flag : List.of("-", "CONNECT")) {
            assertThat(labels(metrics, flag)).isEqualTo(labels(theirMetrics, flag)).isNotEmpty();
        }
        assertThat(keys(mesh, mesh.node1().netns())).containsAll(keys(mesh, mesh.node2().netns()));
    }

    /** Names of the fields of the first such line, in order. */
    private static List<String> fields(TestMesh mesh, String node, String level, String direction) {
        return mesh.process("ztunnel-" + node)
                .logText()
                .lines()
                .filter(
                        line ->
                                line.contains("\t" + level + "\taccess\tconnection complete\t")
                                        && line.contains("direction=\"" + direction + "\""))
                .findFirst()
                .map(line -> line.substring(line.lastIndexOf('\t') + 1))
                .map(
                        text ->
                                Arrays.stream(text.split(" (?=[a-z_.]+=)", -1))
                                        .map(field -> field.split("=", 2)[0])
                                        // Ours alone, and the last.
                                        .filter(field -> !field.equals("tls_group"))
                                        .toList())
                .orElse(List.of());
    }

    private static Set<String> families(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Label names of closed connections with that flag. */
    private static Set<String> labels(String metrics, String flag) {
        return metrics.lines()
                .filter(line -> line.startsWith("istio_tcp_connections_closed_total{"))
                .filter(line -> line.contains("response_flags=\"" + flag + "\""))
                .findFirst()
                .map(line -> line.substring(line.indexOf('{') + 1, line.lastIndexOf('}')))
                .map(
                        text ->
                                Arrays.stream(text.split(",(?=[a-z_]+=)", -1))
                                        .map(label -> label.split("=", 2)[0])
                                        .collect(
                                                Collectors.<String, Set<String>>toCollection(
                                                        TreeSet::new)))
                .orElseGet(TreeSet::new);
    }

    /** Keys of the dump, of its first workload, certificate and pod. */
    private static Set<String> keys(TestMesh mesh, Path netns) {
        var root = ConfigDump.of(TestMesh.get(netns, 15000, "/config_dump")).root();
        Set<String> keys = new TreeSet<>();
        root.fieldNames().forEachRemaining(keys::add);
        root.path("workloads")
                .path(0)
                .fieldNames()
                .forEachRemaining(k -> keys.add("workload." + k));
        root.path("certificates")
                .path(0)
                .fieldNames()
                .forEachRemaining(k -> keys.add("certificate." + k));
        root.path("workloadState")
                .elements()
                .forEachRemaining(
                        pod -> pod.fieldNames().forEachRemaining(k -> keys.add("pod." + k)));
        return keys;
    }
}
