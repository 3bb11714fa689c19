package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole paths, application to application, through real sockets and TLS. */
final class PodPathsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(HELLO);
        assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }

    /** The end of a refused or cut connection: a reset, at the latest at the next read. */
    private static void isCut(Socket socket) {
        assertThatThrownBy(
                        () -> {
                            socket.getOutputStream().write(HELLO);
                            int read = socket.getInputStream().read();
                            throw new IOException("not cut, read " + read);
                        })
                .isInstanceOf(SocketException.class);
    }

    private static Authorization deny(String name, Match match) {
        return new Authorization(
                "ns",
                name,
                Authorization.Scope.NAMESPACE,
                Authorization.Action.DENY,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }

    private static Match from(String account) {
        return Match.builder()
                .principals(new StringMatcher.Exact("cluster.local/ns/ns/sa/" + account))
                .build();
    }

    @Test
    void carriesBytesBothWaysAndHalfCloses() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            byte[] much = new byte[3 << 20];
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    socket.getOutputStream().write(much);
                                    socket.shutdownOutput();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            assertThat(socket.getInputStream().readAllBytes()).hasSize(much.length);
            sent.join();
        }
        assertThat(mesh.signer.asked())
                .contains(client.workload.identity(), server.workload.identity());
        assertThat(mesh.metric("istio_tcp_connections_opened_total", "mutual_tls")).isEqualTo(2);
    }

    @Test
    void showsTheApplicationNoConnectionThatAPolicyDenies() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        mesh.apply(deny("no-client", from("client")));
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            isCut(socket);
            assertThat(app.connections()).isZero();
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "destination", "\"DENY\""))
                .isEqualTo(1);
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "source", "\"CONNECT\""))
                .isEqualTo(1);
    }

    @Test
    void cutsTheOpenConnectionThatANewPolicyDeniesAndNoOther() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod other = mesh.pod("other");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket denied = client.connect(server.at(app.port()))) {
            echoes(denied);
            try (Socket kept = other.connect(server.at(app.port()))) {
                echoes(kept);
                mesh.apply(deny("no-client", from("client")));
                isCut(denied);
                echoes(kept);
            }
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "\"DENY\"")).isEqualTo(1);
    }

    @Test
    void refusesPlaintextToAStrictWorkloadBeforeItsApplicationSeesIt() throws Exception {
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address)) {
            try (Socket permitted = server.arrive(app.port())) {
                echoes(permitted);
            }
            Match anybody = Match.builder().notPrincipals(new StringMatcher.Presence()).build();
            mesh.apply(deny("strict", anybody));
            try (Socket refused = server.arrive(app.port())) {
                isCut(refused);
            }
            assertThat(app.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsServiceTrafficToItsWaypoint() throws Exception {
        NamespacedHostname name = new NamespacedHostname("ns", "web.ns.svc.cluster.local");
        IpAddress vip = LoopbackRange.address(101);
        LoopbackPod client = mesh.pod("client");
        LoopbackPod waypoint = mesh.pod("waypoint");
        try (EchoApp app = new EchoApp(waypoint.address)) {
            Port port = new Port(app.port(), 1, AppProtocol.UNKNOWN);
            mesh.pod("server", details -> details.services(Map.of(name, List.of(port))));
            mesh.apply(
                    MeshService.builder(name)
                            .name("web")
                            .vips(List.of(new NetworkAddress("", vip)))
                            .ports(List.of(port))
                            .waypoint(
                                    new WaypointRef.ByAddress(
                                            new NetworkAddress("", IpAddress.of(waypoint.address)),
                                            15008))
                            .build());
            try (Socket socket = client.connect(new IpPort(vip, app.port()))) {
                echoes(socket);
                assertThat(app.connections()).isEqualTo(1);
                assertThat(client.proxy.connections().get(5, TimeUnit.SECONDS))
                        .singleElement()
                        .satisfies(
                                open -> {
                                    assertThat(open.inbound()).isFalse();
                                    assertThat(open.protocol()).isEqualTo("HBONE");
                                    assertThat(open.originalDestination())
                                            .isEqualTo(vip + ":" + app.port());
                                    assertThat(open.actualDestination())
                                            .isEqualTo(waypoint.at(15008).toString());
                                });
            }
        }
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_opened_total",
                                "source",
                                "destination_service_name=\"web\""))
                .isEqualTo(1);
    }

    @Test
    void passesThroughWhatTheMeshDoesNotKnow() throws Exception {
        LoopbackPod client = mesh.pod("client");
        IpAddress outside = LoopbackRange.address(109);
        try (EchoApp app = new EchoApp(outside.toInetAddress());
                Socket socket = client.connect(new IpPort(outside, app.port()))) {
            echoes(socket);
        }
        assertThat(mesh.signer.asked()).doesNotContain(client.workload.identity());
    }

    @Test
    void refusesToCallItself() throws Exception {
        LoopbackPod client = mesh.pod("client");
        // The reset may be faster than the connecting.
        assertThatThrownBy(
                        () -> {
                            try (Socket socket = client.connect(client.at(15001))) {
                                socket.getOutputStream().write(HELLO);
                                throw new IOException("read " + socket.getInputStream().read());
                            }
                        })
                .isInstanceOf(SocketException.class);
        assertThat(mesh.metric("istio_tcp_connections_opened_total")).isZero();
    }

    @Test
    void waitsForAWorkloadThatTheStateLearnsLate() throws Exception {
        LoopbackPod server = mesh.pod("server");
        LoopbackPod client = mesh.unknownPod("client", details -> details);
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            socket.getOutputStream().write(HELLO);
            mesh.apply(client.workload);
            assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
        }
    }

    @Test
    void neverSendsPlaintextForWantOfACertificate() throws Exception {
        mesh.close();
        mesh = new LoopbackMesh(FakeSigner.byHand(new TestCertificates()));
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            isCut(socket);
            assertThat(app.connections()).isZero();
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "\"IDENTITY_ERROR\""))
                .isEqualTo(1);
    }

    @Test
    void neverSendsPlaintextToAWorkloadThatCannotProveItself() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod impostor = mesh.pod("impostor");
        LoopbackPod server =
                mesh.pod(
                        "server",
                        details -> details.addresses(List.of(IpAddress.of(impostor.address))));
        mesh.mesh.applyAddresses(List.of(), List.of(impostor.workload.uid()));
        mesh.apply(server.workload);
        try (EchoApp app = new EchoApp(impostor.address);
                Socket socket = client.connect(impostor.at(app.port()))) {
            isCut(socket);
            assertThat(app.connections()).isZero();
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "source")).isEqualTo(1);
    }

    @Test
    void speaksPlainTcpToAWorkloadWithoutTunnel() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod plain =
                mesh.pod("plain", details -> details.tunnelProtocol(TunnelProtocol.NONE));
        try (EchoApp app = new EchoApp(plain.address);
                Socket socket = client.connect(plain.at(app.port()))) {
            echoes(socket);
        }
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_opened_total",
                                "connection_security_policy=\"unknown\""))
                .isEqualTo(1);
    }

    @Test
    void letsConnectionsFinishWhileDrainingAndCutsTheRestAtTheDeadline() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            CompletableFuture<Void> stopped = client.proxy.stop(Pod.Stop.GRACEFUL);
            echoes(socket);
            assertThatThrownBy(() -> client.connect(server.at(app.port())))
                    .isInstanceOf(ConnectException.class);
            stopped.get(10, TimeUnit.SECONDS);
            isCut(socket);
        }
    }

    /** M29, E14: peers go elsewhere, what runs may finish, and nothing lasts for ever. */
    @Test
    void letsConnectionsOfAPodThatEndsGoOnForABoundedTime() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            CompletableFuture<Void> stopped = server.proxy.stop(Pod.Stop.TERMINATING);
            echoes(socket);
            stopped.get(10, TimeUnit.SECONDS);
            isCut(socket);
        }
    }

    @Test
    void cutsEverythingWhenItsPodIsGone() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            server.proxy.stop(Pod.Stop.IMMEDIATE).get(10, TimeUnit.SECONDS);
            isCut(socket);
        }
    }
}
