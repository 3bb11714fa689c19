package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proxies that have only some of the listeners. */
final class DoorsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private static void isShut(LoopbackPod pod, int port) {
        try (Socket socket = new Socket()) {
            assertThatThrownBy(
                            () -> socket.connect(new InetSocketAddress(pod.address, port), 5_000))
                    .isInstanceOf(ConnectException.class);
        } catch (IOException notClosed) {
            throw new java.io.UncheckedIOException(notClosed);
        }
    }

    @Test
    void aProxysOwnPodTakesTunnelsAndNothingElse() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod own = mesh.ownPod("ztunnel");
        try (EchoApp app = new EchoApp(own.address);
                Socket socket = client.connect(own.at(app.port()))) {
            socket.getOutputStream().write(HELLO);
            assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
            assertThat(own.proxy.connections().join())
                    .singleElement()
                    .satisfies(
                            open -> {
                                assertThat(open.inbound()).isTrue();
                                assertThat(open.protocol()).isEqualTo("HBONE");
                                assertThat(open.tlsGroup()).isEqualTo("X25519MLKEM768");
                            });
        }
        assertThat(mesh.signer.asked()).contains(own.workload.identity());
        isShut(own, 15001);
        isShut(own, 15006);
        isShut(own, 15053);
    }

    @Test
    void aProxysOwnPodIsUnderItsPolicies() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod own = mesh.ownPod("ztunnel");
        mesh.apply(
                new Authorization(
                        "ns",
                        "nobody",
                        Authorization.Scope.NAMESPACE,
                        Authorization.Action.DENY,
                        List.of(
                                new Rule(
                                        List.of(
                                                new Clause(
                                                        List.of(
                                                                Match.builder()
                                                                        .principals(
                                                                                new StringMatcher
                                                                                        .Prefix(
                                                                                        "cluster"))
                                                                        .build()))))),
                        false));
        try (EchoApp app = new EchoApp(own.address);
                Socket socket = client.connect(own.at(app.port()))) {
            assertThatThrownBy(
                            () -> {
                                socket.getOutputStream().write(HELLO);
                                throw new IOException("read " + socket.getInputStream().read());
                            })
                    .isInstanceOf(SocketException.class);
            assertThat(app.connections()).isZero();
        }
    }

    @Test
    void aPodWhoseProxyIsOffHasNoListenerForConnections() {
        mesh.doors = Doors.NAMES;
        LoopbackPod pod = mesh.pod("pod");
        isShut(pod, 15001);
        isShut(pod, 15006);
        isShut(pod, 15008);
        assertThat(pod.proxy.connections().join()).isEmpty();
    }
}
