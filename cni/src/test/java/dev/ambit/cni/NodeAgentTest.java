package dev.ambit.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.cni.zds.FakeZtunnel;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestNetns;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole agent: real directories, a real namespace with real rules, the real socket; only
 * ztunnel is a double.
 */
@Timeout(120)
final class NodeAgentTest {

    @TempDir private Path dir;
    private TestNetns pod;
    private final List<Running> started = new ArrayList<>();
    private Path manifests;
    private Path runtime;
    private Path socket;

    @BeforeEach
    void prepare() throws IOException {
        Optional<String> reason = TestNetns.unavailable();
        reason.ifPresent(r -> System.err.println("SKIPPED: " + r));
        Assumptions.assumeTrue(reason.isEmpty(), reason.orElse(""));
        pod = TestNetns.create();
        manifests = Files.createDirectories(dir.resolve("manifests"));
        runtime = Files.createDirectories(dir.resolve("runtime"));
        socket = dir.resolve("run/ztunnel.sock");
        namespace("ambient");
        write(
                Files.createDirectories(runtime.resolve("kubelet")).resolve("pods.yaml"),
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                  namespace: shop
                  uid: uid-web
                  annotations: {ambit.dev/netns: "%s"}
                spec: {nodeName: n1, serviceAccountName: web}
                status: {phase: Running, podIP: 10.9.9.1}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: elsewhere, namespace: shop, uid: uid-2}
                spec: {nodeName: n2, serviceAccountName: web}
                """
                        .formatted(pod.path()));
    }

    private void namespace(String mode) throws IOException {
        write(
                manifests.resolve("ns.yaml"),
                """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: shop
                  labels: {istio.io/dataplane-mode: %s}
                """
                        .formatted(mode));
    }

    private static void write(Path file, String text) throws IOException {
        Path hidden = file.resolveSibling("." + file.getFileName());
        Files.writeString(hidden, text);
        Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private record Running(NodeAgent agent, Lifecycle lifecycle, CompletableFuture<Integer> exit) {
        void stop() {
            lifecycle.requestStop("test");
            assertThat(exit.join()).isZero();
        }
    }

    private Running start(boolean cleanup) {
        EnvReader env =
                EnvReader.of(
                        Map.of(
                                "NODE_NAME", "n1",
                                "AMBIT_MANIFESTS", manifests.toString(),
                                "AMBIT_RUNTIME", runtime.toString(),
                                "AMBIT_ZDS", socket.toString(),
                                "MONITORING_PORT", "0",
                                "HEALTH_PORT", "0",
                                "AMBIT_CNI_CLEANUP", String.valueOf(cleanup)));
        CniConfig config = CniConfig.read(env);
        Transport transport = Transport.choose(env);
        env.finish();
        Drain drain = new Drain(Duration.ofSeconds(20));
        Lifecycle lifecycle = new Lifecycle("cni", drain);
        NodeAgent agent = new NodeAgent(config, transport, drain, lifecycle, "test");
        agent.start();
        Running running =
                new Running(agent, lifecycle, CompletableFuture.supplyAsync(lifecycle::run));
        started.add(running);
        return running;
    }

    @AfterEach
    void end() {
        started.stream().filter(r -> !r.exit().isDone()).forEach(Running::stop);
        if (pod != null) {
            pod.close();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private String annotation() {
        try {
            Path file = runtime.resolve("node-agent/n1.yaml");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private String rules() {
        return pod.exec("iptables-save");
    }

    private int status(int port, String path) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Goal: in by label, out by label, in the safe order. */
    @Test
    void takesAPodInAndLetsItGo() throws Exception {
        Running running = start(false);
        await("socket", () -> Files.exists(socket));
        assertThat(rules()).contains("-A ISTIO_OUTPUT", "--to-ports 15001");
        await("pending", () -> annotation().contains("pending"));
        assertThat(status(running.agent().healthPort(), "/healthz")).isEqualTo(200);
        assertThat(status(running.agent().healthPort(), "/readyz")).isEqualTo(200);

        try (FakeZtunnel ztunnel = FakeZtunnel.connect(socket)) {
            WorkloadRequest add = ztunnel.next();
            assertThat(add.getAdd().getUid()).isEqualTo("uid-web");
            assertThat(ztunnel.lastInode()).isEqualTo(pod.netns().inode());
            assertThat(annotation()).contains("pending");
            ztunnel.ack();
            assertThat(ztunnel.take().hasSnapshotSent()).isTrue();
            await("enabled", () -> annotation().contains("enabled"));
            assertThat(annotation()).doesNotContain("elsewhere");

            namespace("none");
            WorkloadRequest del = ztunnel.next();
            assertThat(del.getDel().getUid()).isEqualTo("uid-web");
            assertThat(rules()).contains("ISTIO_OUTPUT");
            ztunnel.ack();
            await("rules gone", () -> !rules().contains("ISTIO"));
            await("annotation gone", () -> annotation().isEmpty());

            namespace("ambient");
            assertThat(ztunnel.take().getAdd().getUid()).isEqualTo("uid-web");
            await("enabled again", () -> annotation().contains("enabled"));
            assertThat(rules()).contains("--to-ports 15001");
        }
    }

    @Test
    void leavesTheRulesInPlaceWhenItEndsAndTakesThemUpAgain() {
        Running running = start(false);
        await("socket", () -> Files.exists(socket));
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(socket)) {
            ztunnel.take();
            ztunnel.take();
            await("enabled", () -> annotation().contains("enabled"));
            running.stop();
        }
        assertThat(socket).doesNotExist();
        assertThat(rules()).contains("--to-ports 15001");
        assertThat(annotation()).contains("enabled");
        start(false);
        await("socket", () -> Files.exists(socket));
        assertThat(annotation()).contains("enabled");
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(socket)) {
            assertThat(ztunnel.take().getAdd().getUid()).isEqualTo("uid-web");
            assertThat(ztunnel.take().hasSnapshotSent()).isTrue();
        }
    }

    @Test
    void takesEverythingAwayAtItsEndWhenToldTo() {
        Running running = start(true);
        await("socket", () -> Files.exists(socket));
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(socket)) {
            ztunnel.take();
            ztunnel.take();
            await("enabled", () -> annotation().contains("enabled"));
            running.lifecycle().requestStop("test");
            assertThat(ztunnel.take().getDel().getUid()).isEqualTo("uid-web");
            assertThat(running.exit().join()).isZero();
        }
        assertThat(rules()).doesNotContain("ISTIO");
        assertThat(annotation()).isEmpty();
    }
}
