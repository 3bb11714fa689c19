package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** D08 and M44: open connections when policies change, or which of them apply. */
final class PolicyRecheckTest {

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    private static void isCut(Socket socket) {
        assertThatThrownBy(
                        () -> {
                            socket.getOutputStream().write(7);
                            throw new IOException("read " + socket.getInputStream().read());
                        })
                .isInstanceOf(SocketException.class);
    }

    private static Authorization deny(String name, Authorization.Scope scope, String account) {
        Match match =
                Match.builder()
                        .principals(new StringMatcher.Exact("cluster.local/ns/ns/sa/" + account))
                        .build();
        return new Authorization(
                "ns",
                name,
                scope,
                Authorization.Action.DENY,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }

    private static Workload naming(LoopbackPod pod, String key) {
        return pod.workload.toBuilder().authorizationPolicies(List.of(key)).build();
    }

    @Test
    @DisplayName(
            "M44: a workload that comes to name another policy has its connections asked again")
    void workloadNamesAnotherPolicy() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        mesh.apply(deny("named", Authorization.Scope.WORKLOAD_SELECTOR, "client"));
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            mesh.apply(naming(server, "ns/named"));
            isCut(socket);
        }
    }

    @Test
    @DisplayName("M44: so has one that goes and comes back with other policies, at once or later")
    void workloadComesBackWithOtherPolicies() throws Exception {
        for (boolean atOnce : new boolean[] {true, false}) {
            LoopbackPod client = mesh.pod("client-" + atOnce);
            LoopbackPod server = mesh.pod("server-" + atOnce);
            mesh.apply(deny("named", Authorization.Scope.WORKLOAD_SELECTOR, "client-" + atOnce));
            try (EchoApp app = new EchoApp(server.address);
                    Socket socket = client.connect(server.at(app.port()))) {
                echoes(socket);
                if (!atOnce) {
                    mesh.mesh.applyAddresses(List.of(), List.of(server.workload.uid()));
                }
                mesh.mesh.applyAddresses(
                        List.of(naming(server, "ns/named")),
                        atOnce ? List.of(server.workload.uid()) : List.of());
                isCut(socket);
            }
        }
    }

    @Test
    @DisplayName("D08: while policies deny others, a connection they allow loses no byte")
    void unaffectedConnectionsLoseNothing() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod kept = mesh.pod("kept");
        LoopbackPod server = mesh.pod("server");
        byte[] sent = new byte[8 << 20];
        new Random(44).nextBytes(sent);
        try (EchoApp app = new EchoApp(server.address);
                Socket stays = kept.connect(server.at(app.port()))) {
            echoes(stays);
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    stays.getOutputStream().write(sent);
                                    stays.shutdownOutput();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            for (int flip = 0; flip < 20; flip++) {
                try (Socket socket = client.connect(server.at(app.port()))) {
                    echoes(socket);
                    mesh.apply(deny("flip", Authorization.Scope.NAMESPACE, "client"));
                    isCut(socket);
                }
                mesh.mesh.applyAuthorizations(List.of(), List.of("ns/flip"));
            }
            assertThat(stays.getInputStream().readAllBytes()).isEqualTo(sent);
            sending.join();
        }
        assertThat(mesh.metric("istio_tcp_connections_closed_total", "destination", "\"DENY\""))
                .isEqualTo(20);
    }
}
