package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.policy.dns.ClusterNames;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import dev.ambit.ztunnel.socket.ProxyPorts;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SOCKS5 into the mesh, and what may leave it. */
final class SocksTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final byte[] GREETING = {5, 1, 0};
    private static final byte[] YES = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};

    private final LoopbackMesh mesh = new LoopbackMesh();

    @BeforeEach
    void withSocks() {
        mesh.ports = ProxyPorts.WITH_SOCKS;
        mesh.names = mesh.names(dns(), EgressConfig.ALLOW_ANY);
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    private static DnsConfig dns() {
        return new DnsConfig(
                DnsConfig.Listen.STANDARD,
                new ClusterNames("cluster.local", null, true),
                List::of,
                null,
                false,
                DnsConfig.Limits.STANDARD);
    }

    private static byte[] toAddress(InetAddress address, int port) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {5, 1, 0, (byte) (address.getAddress().length == 4 ? 1 : 4)});
        out.writeBytes(address.getAddress());
        new DataOutputStream(out).writeShort(port);
        return out.toByteArray();
    }

    private static byte[] toName(String name, int port) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {5, 1, 0, 3, (byte) name.length()});
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        new DataOutputStream(out).writeShort(port);
        return out.toByteArray();
    }

    private static byte[] ask(Socket socket, byte[] request) throws IOException {
        socket.getOutputStream().write(GREETING);
        assertThat(socket.getInputStream().readNBytes(2)).containsExactly(5, 0);
        socket.getOutputStream().write(request);
        return socket.getInputStream().readNBytes(10);
    }

    private static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(HELLO);
        assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }

    private static boolean isCut(Socket socket) {
        try {
            socket.getOutputStream().write(HELLO);
            return socket.getInputStream().read() == -1;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void anAddressIsReachedThroughTheMesh() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connectSocks()) {
            assertThat(ask(socket, toAddress(server.address, app.port()))).isEqualTo(YES);
            echoes(socket);
        }
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_opened_total",
                                "reporter=\"destination\"",
                                "connection_security_policy=\"mutual_tls\""))
                .isEqualTo(1);
    }

    @Test
    void aNameIsReachedThroughTheMesh() throws Exception {
        LoopbackPod client = mesh.pod("client");
        NamespacedHostname name = new NamespacedHostname("ns", "web.ns.svc.cluster.local");
        LoopbackPod server =
                mesh.pod("server", details -> details.services(Map.of(name, List.of())));
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connectSocks()) {
            mesh.apply(
                    MeshService.builder(name)
                            .vips(List.of(new NetworkAddress("", IpAddress.parse("10.96.0.1"))))
                            .ports(List.of(new Port(80, app.port(), AppProtocol.UNKNOWN)))
                            .build());

            assertThat(ask(socket, toName("web", 80))).isEqualTo(YES);
            echoes(socket);
        }
    }

    @Test
    void aNameNobodyKnowsIsUnreachable() throws Exception {
        LoopbackPod client = mesh.pod("client");
        try (Socket socket = client.connectSocks()) {
            assertThat(ask(socket, toName("nobody.example", 80))[1]).isEqualTo((byte) 4);
            assertThat(isCut(socket)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"2,1,7", "1,9,8"})
    void whatIsNotSpokenIsRefusedAsTheRfcSays(int command, int addressType, int status)
            throws Exception {
        LoopbackPod client = mesh.pod("client");
        try (Socket socket = client.connectSocks()) {
            byte[] request = {5, (byte) command, 0, (byte) addressType, 1, 2, 3, 4, 0, 80};
            assertThat(ask(socket, request)[1]).isEqualTo((byte) status);
        }
    }

    @Test
    void onlyPasswordsOrAnotherVersionIsRefused() throws Exception {
        LoopbackPod client = mesh.pod("client");
        try (Socket socket = client.connectSocks()) {
            socket.getOutputStream().write(new byte[] {5, 1, 2});
            assertThat(socket.getInputStream().readNBytes(2)).containsExactly(5, 0xff);
            assertThat(isCut(socket)).isTrue();
        }
        try (Socket socket = client.connectSocks()) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(isCut(socket)).isTrue();
        }
    }

    @Test
    void theProxysOwnPortsAreNoDestination() throws Exception {
        LoopbackPod client = mesh.pod("client");
        try (Socket socket = client.connectSocks()) {
            ask(socket, toAddress(IpAddress.parse("127.0.0.1").toInetAddress(), 15080));
            assertThat(isCut(socket)).isTrue();
        }
    }

    @Test
    void registryOnlyRefusesWhatTheMeshDoesNotKnow() throws Exception {
        mesh.names = mesh.names(dns(), new EgressConfig(false, Set.of("ns"), List.of(), List.of()));
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket known = client.connect(server.at(app.port()))) {
            echoes(known);
            assertThat(isRefused(client, new IpPort(IpAddress.parse("192.0.2.1"), 443))).isTrue();
        }
        assertThat(mesh.metric("ambit_egress_refused_total", "\"ns\"")).isEqualTo(1);
    }

    /** The reset may come before the connect has returned. */
    private static boolean isRefused(LoopbackPod client, IpPort target) {
        try (Socket socket = client.connect(target)) {
            return isCut(socket);
        } catch (IOException reset) {
            return true;
        }
    }
}
