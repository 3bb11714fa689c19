package dev.ambit.ztunnel.inpod;

import static dev.ambit.ztunnel.inpod.EchoTalk.echoes;
import static dev.ambit.ztunnel.inpod.EchoTalk.isCut;
import static dev.ambit.ztunnel.inpod.EchoTalk.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A11 on real sockets and TLS: what a revocation list does to tunnels, new and open. */
final class TrustChangeTest {

    private static final Duration IN_FORCE = Duration.ofSeconds(4);

    private final TestCertificates ca = new TestCertificates();
    private final LoopbackMesh mesh = new LoopbackMesh(FakeSigner.immediate(ca));

    /** Moves the look at the file; everything else is on real time. */
    private final ManualTime looks = new ManualTime();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private BigInteger serial(LoopbackPod pod) {
        CertificateState state = mesh.certificates.snapshot().get(pod.workload.identity());
        if (state instanceof CertificateState.Ready ready) {
            return ready.certificate().serial();
        }
        throw new AssertionError("no certificate: " + state);
    }

    @Test
    void a11CutsOpenTunnelsOfARevokedPeerAndNoOthersAndRefusesItsNewOnes(@TempDir Path directory)
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
            assertThat(
                            mesh.metric(
                                    "istio_tcp_connections_closed_total",
                                    "reporter=\"destination\"",
                                    "CERT_REVOKED"))
                    .isEqualTo(1);
            isRefused(() -> revoked.connect(server.at(app.port())));
            try (Socket another = innocent.connect(server.at(app.port()))) {
                echoes(another);
            }
            assertThat(mesh.metric("istio_crl_policy_rejections_total", "reporter=\"destination\""))
                    .isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void a11WorksInTheClientsDirectionToo(@TempDir Path directory) throws Exception {
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
            isRefused(() -> client.connect(revoked.at(app.port())));
            // Garbage lets nobody back in; emptying the file does.
            Files.writeString(file, "garbage");
            looks.advance(IN_FORCE);
            isRefused(() -> client.connect(revoked.at(app.port())));
            Files.write(file, new byte[0]);
            looks.advance(IN_FORCE);
            try (Socket again = client.connect(revoked.at(app.port()))) {
                echoes(again);
            }
            assertThat(
                            mesh.metric(
                                    "istio_tcp_connections_failed_total",
                                    "reporter=\"source\"",
                                    "CERT_REVOKED"))
                    .isGreaterThanOrEqualTo(2);
        }
    }
}
