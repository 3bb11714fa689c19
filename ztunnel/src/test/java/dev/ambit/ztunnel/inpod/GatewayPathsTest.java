package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Double HBONE between two proxies of ours. The gateway ends the outer tunnel and passes its bytes
 * on to the far proxy, as one that only knows bytes.
 */
final class GatewayPathsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final NamespacedHostname NAME =
            new NamespacedHostname("ns", "web.ns.svc.cluster.local");
    private static final IpAddress VIP = LoopbackRange.address(101);
    private static final IpPort TARGET = new IpPort(VIP, 80);

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private void meshOf(LoopbackPod gateway, Forwarder forwarder, int port, String farName) {
        LoopbackPod server = mesh.pod("server");
        forwarder.to(new InetSocketAddress(server.address, 15008));
        mesh.apply(
                server.workload.toBuilder()
                        .network("remote")
                        .networkGateway(
                                new WaypointRef.ByAddress(
                                        new NetworkAddress("", IpAddress.of(gateway.address)),
                                        15008))
                        .services(Map.of(NAME, List.of(new Port(80, port, AppProtocol.UNKNOWN))))
                        .build(),
                MeshService.builder(NAME)
                        .name("web")
                        .vips(List.of(new NetworkAddress("", VIP)))
                        .ports(List.of(new Port(80, forwarder.port(), AppProtocol.UNKNOWN)))
                        .subjectAltNames(List.of("spiffe://cluster.local/ns/ns/sa/" + farName))
                        .build());
    }

    /** E17: the far end sees the client, and the client sees the far end, not the gateway. */
    @Test
    void provesTheClientToTheFarEndAndTheFarEndToTheClient() throws Exception {
        LoopbackPod gateway = mesh.pod("gateway");
        LoopbackPod client = mesh.pod("client");
        // The server is the third pod.
        try (EchoApp app = new EchoApp(LoopbackRange.address(4).toInetAddress());
                Forwarder forwarder = new Forwarder(gateway.address)) {
            meshOf(gateway, forwarder, app.port(), "server");
            try (Socket socket = client.connect(TARGET)) {
                socket.getOutputStream().write(HELLO);
                assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
                assertThat(client.proxy.connections().join())
                        .singleElement()
                        .satisfies(
                                open -> {
                                    assertThat(open.protocol()).isEqualTo("DOUBLEHBONE");
                                    assertThat(open.tlsGroup()).isEqualTo("X25519MLKEM768");
                                });
            }
            assertThat(app.connections()).isEqualTo(1);
        }
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_opened_total",
                                "reporter=\"destination\"",
                                "source_principal=\"spiffe://cluster.local/ns/ns/sa/client\"",
                                "destination_principal=\"spiffe://cluster.local/ns/ns/sa/server\""))
                .isEqualTo(1);
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_opened_total",
                                "reporter=\"source\"",
                                "destination_principal=\"spiffe://cluster.local/ns/ns/sa/server\""))
                .isEqualTo(1);
    }

    @Test
    void sendsNothingToSomebodyTheServiceDoesNotName() throws Exception {
        LoopbackPod gateway = mesh.pod("gateway");
        LoopbackPod client = mesh.pod("client");
        try (EchoApp app = new EchoApp(LoopbackRange.address(4).toInetAddress());
                Forwarder forwarder = new Forwarder(gateway.address)) {
            meshOf(gateway, forwarder, app.port(), "somebody-else");
            assertThatThrownBy(
                            () -> {
                                try (Socket socket = client.connect(TARGET)) {
                                    socket.getOutputStream().write(HELLO);
                                    throw new IOException("read " + socket.getInputStream().read());
                                }
                            })
                    .isInstanceOf(SocketException.class);
            assertThat(app.connections()).isZero();
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "IDENTITY_ERROR"))
                .isEqualTo(1);
    }

    /** Passes bytes both ways. */
    private static final class Forwarder implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket();
        private volatile InetSocketAddress to = new InetSocketAddress(0);

        Forwarder(java.net.InetAddress address) throws IOException {
            listener.bind(new InetSocketAddress(address, 0));
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        void to(InetSocketAddress target) {
            to = target;
        }

        private void serve() {
            while (!listener.isClosed()) {
                try {
                    Socket near = listener.accept();
                    Socket far = new Socket();
                    far.connect(to);
                    Thread.ofVirtual().start(() -> pass(near, far));
                    Thread.ofVirtual().start(() -> pass(far, near));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private static void pass(Socket from, Socket into) {
            try (from;
                    into) {
                from.getInputStream().transferTo(into.getOutputStream());
            } catch (IOException broken) {
                // The other direction ends with it.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
