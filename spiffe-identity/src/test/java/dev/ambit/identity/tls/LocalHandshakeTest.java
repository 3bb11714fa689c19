package dev.ambit.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation.Side;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.LocalHandshake.Fault;
import dev.ambit.identity.x509.WorkloadCertificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two certificates of one process: what a handshake between them would have found. */
final class LocalHandshakeTest {

    private static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "ns", "client");
    private static final SpiffeId SERVER = SpiffeId.of("cluster.local", "ns", "server");
    private static final SpiffeId FOREIGN = SpiffeId.of("other.local", "ns", "client");

    private final TestCertificates ca = new TestCertificates();

    private static LocalHandshake.Refused refused(LocalHandshake result) {
        assertThat(result).isInstanceOf(LocalHandshake.Refused.class);
        return (LocalHandshake.Refused) result;
    }

    @Test
    void eachLearnsOfTheOtherWhatTheHandshakeWouldHaveTold() {
        WorkloadCertificate brief = ca.workload(CLIENT, Duration.ofMinutes(10));
        TlsContexts client = MeshTls.contexts(brief, TlsPolicy.DEFAULT);
        TlsContexts server = ca.contexts(SERVER);
        assertThat(LocalHandshake.between(client, server, List.of(SERVER)))
                .isInstanceOfSatisfying(
                        LocalHandshake.Met.class,
                        met -> {
                            assertThat(met.server().peer())
                                    .isEqualTo(new PeerIdentity(SERVER, server.serial()));
                            assertThat(met.server().own()).isEqualTo(CLIENT);
                            assertThat(met.client().peer())
                                    .isEqualTo(new PeerIdentity(CLIENT, client.serial()));
                            assertThat(met.client().own()).isEqualTo(SERVER);
                            assertThat(met.client().until()).isEqualTo(brief.notAfter());
                            assertThat(met.server().until()).isEqualTo(brief.notAfter());
                            assertThat(met.stillHolds()).isTrue();
                        });
    }

    @Test
    void aServerThatIsNotExpectedIsRefusedByTheClient() {
        LocalHandshake.Refused refused =
                refused(
                        LocalHandshake.between(
                                ca.contexts(CLIENT), ca.contexts(SERVER), List.of(CLIENT)));
        assertThat(refused.by()).isEqualTo(Side.SOURCE);
        assertThat(refused.what()).isEqualTo(Fault.IDENTITY);
        assertThat(refused.reason())
                .isEqualTo(
                        "peer did not present the expected SAN (%s), got %s"
                                .formatted(CLIENT.uri(), SERVER.uri()));
    }

    /** A14: unknown is never "any". */
    @Test
    void nobodyIsNotEverybody() {
        assertThat(
                        refused(
                                        LocalHandshake.between(
                                                ca.contexts(CLIENT),
                                                ca.contexts(SERVER),
                                                List.of()))
                                .what())
                .isEqualTo(Fault.IDENTITY);
    }

    @Test
    void aChainUnderAnotherRootIsRefused() {
        TestCertificates other = new TestCertificates();
        LocalHandshake.Refused refused =
                refused(
                        LocalHandshake.between(
                                ca.contexts(CLIENT), other.contexts(SERVER), List.of(SERVER)));
        assertThat(refused.by()).isEqualTo(Side.SOURCE);
        assertThat(refused.what()).isEqualTo(Fault.CHAIN);
    }

    @Test
    void aClientOfAnotherTrustDomainIsRefusedByTheServer() {
        LocalHandshake.Refused refused =
                refused(
                        LocalHandshake.between(
                                ca.contexts(FOREIGN), ca.contexts(SERVER), List.of(SERVER)));
        assertThat(refused.by()).isEqualTo(Side.DESTINATION);
        assertThat(refused.what()).isEqualTo(Fault.IDENTITY);
    }

    @Test
    void aCertificateThatHasEndedIsRefused() {
        WorkloadCertificate brief = ca.workload(SERVER, Duration.ofMinutes(10));
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofHours(1)), ZoneOffset.UTC);
        LocalHandshake.Refused refused =
                refused(
                        LocalHandshake.between(
                                MeshTls.contexts(ca.workload(CLIENT), TlsPolicy.DEFAULT, later),
                                MeshTls.contexts(brief, TlsPolicy.DEFAULT, later),
                                List.of(SERVER)));
        assertThat(refused.what()).isEqualTo(Fault.CHAIN);
    }

    @Test
    void whatHasNoCertificateMeetsNobody() {
        assertThat(
                        refused(
                                        LocalHandshake.between(
                                                ca.contexts(CLIENT),
                                                MeshTls.refusing(),
                                                List.of(SERVER)))
                                .what())
                .isEqualTo(Fault.CHAIN);
    }
}
