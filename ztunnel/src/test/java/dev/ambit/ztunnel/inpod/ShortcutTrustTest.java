package dev.ambit.ztunnel.inpod;

import static dev.ambit.ztunnel.inpod.EchoTalk.echoes;
import static dev.ambit.ztunnel.inpod.EchoTalk.isCut;
import static dev.ambit.ztunnel.inpod.EchoTalk.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.RevocationFile;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.testing.TestLists;
import dev.ambit.runtime.testing.ManualTime;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A10, A11, M07 without a tunnel: what ends the trust in a peer ends the short cut to it. */
final class ShortcutTrustTest {

    private static final Duration IN_FORCE = Duration.ofSeconds(4);

    private final TestCertificates ca = new TestCertificates();
    private final LoopbackMesh mesh = LoopbackMesh.withShortcut(FakeSigner.immediate(ca));
    private final ManualTime looks = new ManualTime();

    @AfterEach
    void closeMesh() {
        assertThat(mesh.tunnels.opened()).isZero();
        mesh.close();
    }

    private BigInteger serial(LoopbackPod pod) {
        CertificateState state = mesh.certificates.snapshot().get(pod.workload.identity());
        if (state instanceof CertificateState.Ready ready) {
            return ready.certificate().serial();
        }
        throw new AssertionError("no certificate: " + state);
    }

    private double closed(String reporter, String flag) {
        return mesh.metric(
                "istio_tcp_connections_closed_total", "reporter=\"" + reporter + "\"", flag);
    }

    @Test
    void aRevokedClientIsCutAndLetInNoMoreAndNobodyElseIs(@TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("ca-crl.pem");
        LoopbackPod revoked = mesh.pod("revoked");
        LoopbackPod innocent = mesh.pod("innocent");
        LoopbackPod server = mesh.pod("server");
        try (RevocationFile watched = new RevocationFile(file, mesh.revocation, looks.scheduler());
                EchoApp app = new EchoApp(server.address);
                Socket cut = revoked.connect(server.at(app.port()));
                Socket kept = innocent.connect(server.at(app.port()))) {
            watched.start();
            echoes(cut);
            echoes(kept);
            Files.write(file, TestLists.pem(ca, Instant.now(), serial(revoked)));
            looks.advance(IN_FORCE);
            isCut(cut);
            echoes(kept);
            assertThat(closed("destination", "CERT_REVOKED")).isEqualTo(1);
            // As of a tunnel that the other side has cut.
            assertThat(closed("source", "\"CONNECT\"")).isEqualTo(1);
            int seen = app.connections();
            isRefused(() -> revoked.connect(server.at(app.port())));
            assertThat(app.connections()).isEqualTo(seen);
            try (Socket another = innocent.connect(server.at(app.port()))) {
                echoes(another);
            }
            assertThat(mesh.metric("istio_crl_policy_rejections_total", "reporter=\"destination\""))
                    .isEqualTo(2);
        }
    }

    @Test
    void aRevokedServerIsCutByItsClientsAndReachedNoMore(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("ca-crl.pem");
        LoopbackPod client = mesh.pod("client");
        LoopbackPod revoked = mesh.pod("revoked");
        try (RevocationFile watched = new RevocationFile(file, mesh.revocation, looks.scheduler());
                EchoApp app = new EchoApp(revoked.address);
                Socket open = client.connect(revoked.at(app.port()))) {
            watched.start();
            echoes(open);
            Files.write(file, TestLists.pem(ca, Instant.now(), serial(revoked)));
            looks.advance(IN_FORCE);
            isCut(open);
            assertThat(closed("source", "CERT_REVOKED")).isEqualTo(1);
            isRefused(() -> client.connect(revoked.at(app.port())));
            assertThat(
                            mesh.metric(
                                    "istio_tcp_connections_failed_total",
                                    "reporter=\"source\"",
                                    "CERT_REVOKED"))
                    .isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void aRootThatIsRemovedTakesTheConnectionsThatRestOnItAlong() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod other = mesh.pod("other");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket cut = client.connect(server.at(app.port()));
                Socket kept = other.connect(server.at(app.port()))) {
            echoes(cut);
            echoes(kept);
            mesh.cuts.rootsRemoved(client.workload.identity(), new TestCertificates().bundle());
            isCut(cut);
            echoes(kept);
            assertThat(closed("source", "TLS_FAILURE")).isEqualTo(1);
        }
    }

    @Test
    void aCertificateThatEndsEndsTheConnectionWhereThatIsToCount() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address);
                Socket socket = client.connect(server.at(app.port()))) {
            echoes(socket);
            mesh.cuts.expired(Instant.now().plus(Duration.ofHours(23)));
            echoes(socket);
            mesh.cuts.expired(Instant.now().plus(Duration.ofHours(25)));
            isCut(socket);
            assertThat(closed("source", "TLS_FAILURE")).isEqualTo(1);
            assertThat(closed("destination", "TLS_FAILURE")).isEqualTo(1);
        }
    }

    /** As the verifier of a tunnel's server would have it. */
    @Test
    void aClientOfAnotherTrustDomainIsRefused() throws Exception {
        LoopbackPod client =
                mesh.pod(
                        "client",
                        details ->
                                details.identity(SpiffeId.of("elsewhere.local", "ns", "client")));
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address)) {
            isRefused(() -> client.connect(server.at(app.port())));
            assertThat(app.connections()).isZero();
        }
    }

    /**
     * A name may be given to a new pod while the state still has the old one's address: nobody but
     * the pod that has an address may answer for it.
     */
    @Test
    void anAddressThatIsNotThePodsOwnIsNotReachedThroughIt() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server =
                mesh.pod(
                        "server",
                        details -> details.addresses(List.of(IpAddress.parse("192.0.2.1"))));
        assertThat(server.proxy).isNotNull();
        isRefused(() -> client.connect(new IpPort(IpAddress.parse("192.0.2.1"), 80)));
        assertThat(mesh.metric("istio_tcp_connections_opened_total", "reporter=\"destination\""))
                .as("what the pod was asked")
                .isZero();
    }
}
