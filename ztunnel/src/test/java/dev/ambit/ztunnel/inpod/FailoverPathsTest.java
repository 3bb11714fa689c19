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
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** M27, floor 3: endpoints that refuse, are silent or lie, before the first byte is sent. */
final class FailoverPathsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final NamespacedHostname NAME =
            new NamespacedHostname("ns", "web.ns.svc.cluster.local");
    private static final IpAddress VIP = LoopbackRange.address(101);
    private static final int SERVICE_PORT = 80;

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    /** An endpoint of the service whose application listens at that port. */
    private static UnaryOperator<WorkloadBuilder> serving(int port) {
        return details -> details.services(Map.of(NAME, List.of(port(port))));
    }

    private static Port port(int target) {
        return new Port(SERVICE_PORT, target, AppProtocol.UNKNOWN);
    }

    private void withService() {
        mesh.apply(
                MeshService.builder(NAME)
                        .name("web")
                        .vips(List.of(new NetworkAddress("", VIP)))
                        .ports(List.of(port(1)))
                        .build());
    }

    /** An endpoint at an address where no proxy of ours listens. */
    private void gone(String name, IpAddress ip) {
        mesh.apply(
                serving(9)
                        .apply(
                                Workload.builder(
                                                "c//Pod/ns/" + name,
                                                name,
                                                dev.ambit.identity.SpiffeId.of(
                                                        "cluster.local", "ns", name))
                                        .addresses(List.of(ip))
                                        .tunnelProtocol(
                                                dev.ambit.api.workload.TunnelProtocol.HBONE))
                        .build());
    }

    private static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(HELLO);
        assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }

    /** The first handshake of a process can take longer than an endpoint may, which is silence. */
    private void isWarm(LoopbackPod server, EchoApp app) throws IOException {
        LoopbackPod first = mesh.pod("first");
        try (Socket socket = first.connect(new IpPort(IpAddress.of(server.address), app.port()))) {
            echoes(socket);
        }
    }

    private void everyConnectionSucceeds(int times) throws IOException {
        LoopbackPod client = mesh.pod("client");
        for (int i = 0; i < times; i++) {
            try (Socket socket = client.connect(new IpPort(VIP, SERVICE_PORT))) {
                echoes(socket);
            }
        }
    }

    @Test
    void triesAnotherEndpointWhenOneRefuses() throws Exception {
        withService();
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address)) {
            mesh.apply(serving(app.port()).apply(server.workload.toBuilder()).build());
            gone("gone1", LoopbackRange.address(131));
            gone("gone2", LoopbackRange.address(132));
            everyConnectionSucceeds(30);
            assertThat(app.connections()).isEqualTo(30);
        }
        assertThat(mesh.metric("ambit_connect_failovers_total", "refused")).isPositive();
        assertThat(mesh.metric("ambit_endpoints_ejected_total", "refused")).isBetween(1.0, 8.0);
        assertThat(mesh.metric("istio_tcp_connections_failed_total")).isZero();
        assertThat(mesh.metric("istio_tcp_connections_opened_total", "\"source\"")).isEqualTo(30);
    }

    @Test
    void triesAnotherEndpointWhenOneIsSilent() throws Exception {
        withService();
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                ServerSocket silent = new ServerSocket()) {
            silent.bind(new InetSocketAddress(LoopbackRange.address(131).toInetAddress(), 15008));
            mesh.apply(serving(app.port()).apply(server.workload.toBuilder()).build());
            gone("silent", LoopbackRange.address(131));
            everyConnectionSucceeds(20);
        }
        assertThat(mesh.metric("ambit_connect_failovers_total", "silent")).isBetween(1.0, 4.0);
    }

    @Test
    void triesAnotherEndpointWhenOnesApplicationDoesNotListen() throws Exception {
        withService();
        LoopbackPod server = mesh.pod("server");
        LoopbackPod without = mesh.pod("without");
        try (EchoApp app = new EchoApp(server.address)) {
            isWarm(server, app);
            mesh.apply(
                    serving(app.port()).apply(server.workload.toBuilder()).build(),
                    serving(9).apply(without.workload.toBuilder()).build());
            everyConnectionSucceeds(20);
        }
        assertThat(mesh.metric("ambit_connect_failovers_total", "refused")).isPositive();
    }

    /** A policy's word is final: there is no shopping around for an endpoint that says yes. */
    @Test
    void takesARefusalByPolicyForAnAnswer() throws Exception {
        withService();
        LoopbackPod one = mesh.pod("one");
        LoopbackPod two = mesh.pod("two");
        LoopbackPod client = mesh.pod("client");
        mesh.apply(
                new Authorization(
                        "ns",
                        "no-client",
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
                                                                                        .Exact(
                                                                                        "cluster.local/ns/ns/sa/client"))
                                                                        .build()))))),
                        false));
        try (EchoApp app1 = new EchoApp(one.address);
                EchoApp app2 = new EchoApp(two.address)) {
            mesh.apply(
                    serving(app1.port()).apply(one.workload.toBuilder()).build(),
                    serving(app2.port()).apply(two.workload.toBuilder()).build());
            isCut(client);
            assertThat(app1.connections() + app2.connections()).isZero();
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "\"DENY\"")).isPositive();
        assertThat(mesh.metric("ambit_connect_failovers_total", "refused")).isZero();
    }

    /** M28: somebody else answers at the address of an endpoint. */
    @Test
    void sendsNoByteToWhoeverShowsAnotherIdentity() throws Exception {
        withService();
        LoopbackPod impostor = mesh.pod("impostor");
        gone("server", IpAddress.of(impostor.address));
        LoopbackPod client = mesh.pod("client");
        try (EchoApp app = new EchoApp(impostor.address)) {
            isCut(client);
            assertThat(app.connections()).isZero();
        }
        assertThat(mesh.metric("ambit_connect_failovers_total")).isZero();
        assertThat(mesh.metric("istio_tcp_connections_failed_total", "IDENTITY_ERROR"))
                .isEqualTo(1);
    }

    private static void isCut(LoopbackPod client) {
        assertThatThrownBy(
                        () -> {
                            try (Socket socket = client.connect(new IpPort(VIP, SERVICE_PORT))) {
                                socket.getOutputStream().write(HELLO);
                                throw new IOException("read " + socket.getInputStream().read());
                            }
                        })
                .isInstanceOf(SocketException.class);
    }
}
