package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.waypoint.ServicePort.Protocol;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.testing.OwnLoopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Through tunnels on both sides, with certificates. */
final class HboneTest {

    private static final SpiffeId SERVER = SpiffeId.of("cluster.local", "shop", "server");

    private final TestCertificates certificates = new TestCertificates();
    private final TestMesh mesh =
            new TestMesh(TestMesh.config(Duration.ofMinutes(5)), new Live<>(ready()));
    private final TestZtunnels ztunnels = new TestZtunnels(certificates);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private CertificateState ready() {
        WorkloadCertificate certificate = certificates.workload(TestMesh.OWN);
        return new CertificateState.Ready(certificate, certificates.contexts(TestMesh.OWN));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        ztunnels.close();
        mesh.close();
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void carriesRequestsFromTunnelToTunnel() throws Exception {
        InetAddress pod = InetAddress.ofLiteral(OwnLoopback.address(2));
        ztunnels.server(pod, SERVER);
        try (HttpDestination app = HttpDestination.at(new InetSocketAddress(pod, 0), "v1")) {
            mesh.service(
                    "reviews",
                    Protocol.HTTP11,
                    new TestMesh.Destination(
                            new InetSocketAddress(pod, app.port()), SERVER, TunnelProtocol.HBONE));
            InetSocketAddress waypoint = mesh.plane.start();
            String vip = TestMesh.vip("reviews") + ":" + TestMesh.PORT;
            int port = ztunnels.client(TestMesh.CLIENT, waypoint, TestMesh.OWN, vip);
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> answer = get(port, "/" + i);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("v1");
            }
            assertThat(ztunnels.peers).containsOnly(TestMesh.OWN);
            assertThat(ztunnels.served).hasSize(1);
            assertThat(ztunnels.served.getFirst().authority())
                    .isEqualTo(OwnLoopback.address(2) + ":" + app.port());
        }
        assertThat(mesh.metrics())
                .contains("source_principal=\"spiffe://cluster.local/ns/shop/sa/client\"")
                .contains("destination_principal=\"spiffe://cluster.local/ns/shop/sa/server\"")
                .contains("connection_security_policy=\"mutual_tls\"");
    }

    @Test
    void servesWorkloadsThatChoseItByTheirOwnAddress() throws Exception {
        InetAddress pod = InetAddress.ofLiteral(OwnLoopback.address(5));
        InetAddress other = InetAddress.ofLiteral(OwnLoopback.address(6));
        ztunnels.server(pod, SERVER);
        try (HttpDestination app = HttpDestination.at(new InetSocketAddress(pod, 0), "own")) {
            mesh.workload("a", pod, SERVER, true);
            mesh.workload("b", other, SERVER, false);
            InetSocketAddress waypoint = mesh.plane.start();
            int port =
                    ztunnels.client(
                            TestMesh.CLIENT,
                            waypoint,
                            TestMesh.OWN,
                            OwnLoopback.address(5) + ":" + app.port());
            assertThat(get(port, "/").body()).isEqualTo("own");
            int refused =
                    ztunnels.client(
                            TestMesh.CLIENT,
                            waypoint,
                            TestMesh.OWN,
                            OwnLoopback.address(6) + ":" + app.port());
            assertThatThrownBy(() -> get(refused, "/")).isInstanceOf(IOException.class);
            assertThat(ztunnels.refusals).containsOnly("http status: 404");
        }
    }

    @Test
    void refusesTunnelsToWhatItDoesNotServe() throws Exception {
        InetSocketAddress waypoint = mesh.plane.start();
        int port = ztunnels.client(TestMesh.CLIENT, waypoint, TestMesh.OWN, "10.9.9.9:80");
        assertThatThrownBy(() -> get(port, "/")).isInstanceOf(IOException.class);
        assertThat(ztunnels.refusals).containsOnly("http status: 404");
    }

    @Test
    void failsClosedWhenTheDestinationShowsAnotherIdentity() throws Exception {
        InetAddress pod = InetAddress.ofLiteral(OwnLoopback.address(3));
        ztunnels.server(pod, SpiffeId.of("cluster.local", "shop", "impostor"));
        mesh.service(
                "reviews",
                Protocol.HTTP11,
                new TestMesh.Destination(
                        new InetSocketAddress(pod, 9), SERVER, TunnelProtocol.HBONE));
        InetSocketAddress waypoint = mesh.plane.start();
        String vip = TestMesh.vip("reviews") + ":" + TestMesh.PORT;
        int port = ztunnels.client(TestMesh.CLIENT, waypoint, TestMesh.OWN, vip);
        HttpResponse<String> answer = get(port, "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .isEqualTo(
                        "upstream connect error or disconnect/reset before headers. reset reason:"
                                + " remote connection failure");
        assertThat(ztunnels.served).isEmpty();
        assertThat(mesh.metrics()).contains("response_flags=\"UF,URX\"");
    }
}
