package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Two pods of one process, with the short cut and without: nobody can tell the difference. */
final class ShortcutTest {

    /** A scenario; what it leaves in the metrics is compared. */
    @FunctionalInterface
    private interface Scenario {
        void play(LoopbackMesh mesh) throws Exception;
    }

    /** Plays it both ways; the short cut must have been taken, and all figures be equal. */
    private static void alike(Scenario scenario) throws Exception {
        List<String> expected;
        // One after the other: both have the same addresses.
        try (LoopbackMesh tunnelled = new LoopbackMesh()) {
            scenario.play(tunnelled);
            assertThat(tunnelled.tunnels.opened()).isPositive();
            until(() -> isStill(tunnelled));
            expected = settled(tunnelled);
        }
        try (LoopbackMesh direct = LoopbackMesh.withShortcut()) {
            scenario.play(direct);
            assertThat(direct.tunnels.opened()).isZero();
            until(() -> settled(direct).equals(expected));
            assertThat(settled(direct)).isEqualTo(expected);
        }
    }

    /** What was opened was closed, on both sides. */
    private static boolean isStill(LoopbackMesh mesh) {
        double opened = mesh.metric("istio_tcp_connections_opened_total");
        return opened > 0 && opened == mesh.metric("istio_tcp_connections_closed_total");
    }

    /** Without bytes: how many of a connection that is cut were counted is a matter of luck. */
    private static List<String> settled(LoopbackMesh mesh) {
        return mesh.traffic().stream()
                .filter(line -> !line.contains("bytes") && !line.contains("sockets_open"))
                .toList();
    }

    private static void until(java.util.function.BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!holds.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void echoes(Socket socket, int length, long seed) throws Exception {
        byte[] sent = new byte[length];
        new Random(seed).nextBytes(sent);
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                socket.getOutputStream().write(sent);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        Thread::startVirtualThread);
        assertThat(Arrays.equals(socket.getInputStream().readNBytes(length), sent)).isTrue();
        writing.get(10, TimeUnit.SECONDS);
    }

    private static void isCut(Socket socket) {
        assertThatThrownBy(
                        () -> {
                            socket.getOutputStream().write(1);
                            // Cutting takes a moment, in which an echo may still come.
                            while (socket.getInputStream().read() >= 0) {
                                socket.getOutputStream().write(1);
                            }
                            throw new IOException("ended, not cut");
                        })
                .isInstanceOf(SocketException.class);
    }

    private static Authorization denyClient() {
        Match match =
                Match.builder()
                        .principals(new StringMatcher.Exact("cluster.local/ns/ns/sa/client"))
                        .build();
        return new Authorization(
                "ns",
                "no-client",
                Authorization.Scope.NAMESPACE,
                Authorization.Action.DENY,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }

    @Test
    void bothSidesReportAConnectionAsTheyReportATunnelledOne() throws Exception {
        alike(
                mesh -> {
                    LoopbackPod client = mesh.pod("client");
                    LoopbackPod server = mesh.pod("server");
                    try (EchoApp app = new EchoApp(server.address);
                            Socket socket = client.connect(server.at(app.port()))) {
                        echoes(socket, 3 << 20, 1);
                        socket.shutdownOutput();
                        assertThat(socket.getInputStream().read()).isEqualTo(-1);
                    }
                    until(() -> mesh.metric("istio_tcp_connections_closed_total") == 2);
                    assertThat(mesh.metric("istio_tcp_connections_opened_total", "mutual_tls"))
                            .isEqualTo(2);
                    assertThat(mesh.metric("istio_tcp_sent_bytes_total")).isEqualTo(2 * (3 << 20));
                    assertThat(mesh.metric("istio_tcp_received_bytes_total"))
                            .isEqualTo(2 * (3 << 20));
                });
    }

    @Test
    void aPolicyDeniesBeforeTheApplicationSeesAnything() throws Exception {
        alike(
                mesh -> {
                    LoopbackPod client = mesh.pod("client");
                    LoopbackPod server = mesh.pod("server");
                    mesh.apply(denyClient());
                    try (EchoApp app = new EchoApp(server.address);
                            Socket socket = client.connect(server.at(app.port()))) {
                        isCut(socket);
                        assertThat(app.connections()).isZero();
                    }
                });
    }

    @Test
    void anArrivingPolicyClosesTheConnectionItDeniesAndNoOther() throws Exception {
        alike(
                mesh -> {
                    LoopbackPod client = mesh.pod("client");
                    LoopbackPod other = mesh.pod("other");
                    LoopbackPod server = mesh.pod("server");
                    try (EchoApp app = new EchoApp(server.address);
                            Socket denied = client.connect(server.at(app.port()));
                            Socket large = client.connect(server.at(app.port()))) {
                        echoes(denied, 5, 1);
                        echoes(large, 3 << 20, 2);
                        try (Socket kept = other.connect(server.at(app.port()))) {
                            echoes(kept, 5, 3);
                            mesh.apply(denyClient());
                            isCut(denied);
                            isCut(large);
                            echoes(kept, 3 << 20, 4);
                        }
                    }
                    until(() -> mesh.metric("istio_tcp_connections_closed_total") == 6);
                });
    }

    @Test
    void anApplicationThatRefusesIsAFailureOfBothSides() throws Exception {
        alike(
                mesh -> {
                    LoopbackPod client = mesh.pod("client");
                    LoopbackPod server = mesh.pod("server");
                    int closedPort;
                    try (EchoApp app = new EchoApp(server.address)) {
                        closedPort = app.port();
                    }
                    try (Socket socket = client.connect(server.at(closedPort))) {
                        isCut(socket);
                    }
                });
    }

    @Test
    void losesNoByteOfManySessionsOfRandomSize() throws Exception {
        try (LoopbackMesh mesh = LoopbackMesh.withShortcut()) {
            LoopbackPod client = mesh.pod("client");
            LoopbackPod server = mesh.pod("server");
            Random random = new Random(11);
            try (EchoApp app = new EchoApp(server.address)) {
                List<CompletableFuture<Void>> sessions = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    int length = random.nextInt(i % 3 == 0 ? 3 << 20 : 50_000);
                    long seed = random.nextLong();
                    Socket socket = client.connect(server.at(app.port()));
                    sessions.add(
                            CompletableFuture.runAsync(
                                    () -> {
                                        try (socket) {
                                            echoes(socket, length, seed);
                                            socket.shutdownOutput();
                                            int end = socket.getInputStream().read();
                                            assertThat(end).isEqualTo(-1);
                                        } catch (Exception e) {
                                            throw new IllegalStateException(e);
                                        }
                                    },
                                    Thread::startVirtualThread));
                }
                for (CompletableFuture<Void> session : sessions) {
                    session.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(mesh.tunnels.opened()).isZero();
        }
    }

    @Test
    void aPodThatGoesCutsWhatLeadsToIt() throws Exception {
        try (LoopbackMesh mesh = LoopbackMesh.withShortcut()) {
            LoopbackPod client = mesh.pod("client");
            LoopbackPod server = mesh.pod("server");
            try (EchoApp app = new EchoApp(server.address);
                    Socket socket = client.connect(server.at(app.port()))) {
                echoes(socket, 3 << 20, 1);
                server.proxy.stop(Pod.Stop.IMMEDIATE).get(10, TimeUnit.SECONDS);
                isCut(socket);
                try (Socket late = client.connect(server.at(app.port()))) {
                    isCut(late);
                } catch (SocketException refused) {
                    // The reset may come before the client has seen that it is connected.
                    assertThat(refused).hasMessageContaining("reset");
                }
            }
            assertThat(mesh.tunnels.opened()).isZero();
        }
    }

    @Test
    void anApplicationWithATunnelOfItsOwnIsReachedThroughOne() throws Exception {
        try (LoopbackMesh mesh = LoopbackMesh.withShortcut()) {
            LoopbackPod client = mesh.pod("client");
            LoopbackPod server =
                    mesh.pod(
                            "server",
                            details ->
                                    details.applicationTunnel(
                                            new ApplicationTunnel(
                                                    ApplicationTunnel.Protocol.NONE, 0)));
            try (EchoApp app = new EchoApp(server.address);
                    Socket socket = client.connect(server.at(app.port()))) {
                echoes(socket, 5, 1);
            }
            assertThat(mesh.tunnels.opened()).isEqualTo(2);
        }
    }
}
