package dev.ambit.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handshakes between two sides of the mesh, and what must not come about. */
final class MeshTlsTest {

    private static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "default", "curl");
    private static final SpiffeId SERVER = SpiffeId.of("cluster.local", "default", "httpbin");

    private final Loopback loopback = new Loopback();
    private final TestCertificates ca = new TestCertificates();

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void bothSidesLearnWhoTheOtherIs() throws Exception {
        TlsContexts client = ca.contexts(CLIENT);
        TlsContexts server = ca.contexts(SERVER);

        Loopback.Result result = loopback.handshake(client.client(), server.server());

        assertThat(result.client().failure()).isNull();
        assertThat(result.server().failure()).isNull();
        assertThat(PeerVerifier.client(result.client().session(), List.of(CLIENT, SERVER)))
                .isEqualTo(new PeerVerdict.Trusted(new PeerIdentity(SERVER, server.serial())));
        assertThat(PeerVerifier.server(result.server().session(), TrustDomain.CLUSTER_LOCAL))
                .isEqualTo(new PeerVerdict.Trusted(new PeerIdentity(CLIENT, client.serial())));
        assertThat(result.client().session().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(result.client().alpn()).isEqualTo("h2");
        assertThat(result.server().alpn()).isEqualTo("h2");
    }

    @Test
    void aKnownChainGivesTheSameIdentityAgain() throws Exception {
        TlsContexts client = ca.contexts(CLIENT);
        TlsContexts server = ca.contexts(SERVER);
        for (int i = 0; i < 3; i++) {
            Loopback.Result result = loopback.handshake(client.client(), server.server());
            assertThat(PeerVerifier.server(result.server().session(), TrustDomain.CLUSTER_LOCAL))
                    .isEqualTo(new PeerVerdict.Trusted(new PeerIdentity(CLIENT, client.serial())));
        }
    }

    @Test
    void refusesAPeerThatIsNotTheExpectedOne() throws Exception {
        Loopback.Result result =
                loopback.handshake(ca.contexts(CLIENT).client(), ca.contexts(SERVER).server());

        SpiffeId wanted = SpiffeId.of("cluster.local", "default", "other");
        assertThat(PeerVerifier.client(result.client().session(), List.of(wanted)))
                .isEqualTo(
                        new PeerVerdict.Rejected(
                                "peer did not present the expected SAN"
                                        + " (spiffe://cluster.local/ns/default/sa/other), got"
                                        + " spiffe://cluster.local/ns/default/sa/httpbin"));
        assertThat(PeerVerifier.client(result.client().session(), List.of()))
                .isInstanceOf(PeerVerdict.Rejected.class);
    }

    @Test
    void refusesAPeerOfAnotherTrustDomain() throws Exception {
        SpiffeId foreign = SpiffeId.of("elsewhere.test", "default", "curl");
        Loopback.Result result =
                loopback.handshake(ca.contexts(foreign).client(), ca.contexts(SERVER).server());

        assertThat(result.server().failure()).isNull();
        assertThat(PeerVerifier.server(result.server().session(), TrustDomain.CLUSTER_LOCAL))
                .isEqualTo(
                        new PeerVerdict.Rejected(
                                "peer did not present the expected trustdomain (cluster.local), got"
                                        + " spiffe://elsewhere.test/ns/default/sa/curl"));
    }

    @Test
    void refusesAnExpiredPeer() throws Exception {
        Clock past = Clock.fixed(Instant.now().minus(Duration.ofHours(30)), ZoneOffset.UTC);
        TestCertificates then = new TestCertificates(past);
        WorkloadCertificate expired = then.workload(CLIENT);
        TlsContexts client = MeshTls.contexts(expired, TlsPolicy.DEFAULT, past);
        // The server trusts the same root and lives now.
        TlsContexts server =
                MeshTls.contexts(then.workload(SERVER), TlsPolicy.DEFAULT, Clock.systemUTC());

        Loopback.Result result = loopback.handshake(client.client(), server.server());

        assertThat(result.server().succeeded()).isFalse();
        assertThat(result.server().reason()).contains("certificate has expired");
    }

    @Test
    void refusesAKnownPeerOnceItHasExpired() throws Exception {
        TestCertificates now = new TestCertificates();
        WorkloadCertificate certificate = now.workload(CLIENT, Duration.ofHours(1));
        TlsContexts client = MeshTls.contexts(certificate, TlsPolicy.DEFAULT);
        WorkloadCertificate own = now.workload(SERVER, Duration.ofHours(20));
        TlsContexts server = MeshTls.contexts(own, TlsPolicy.DEFAULT);
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC);
        TlsContexts laterServer = MeshTls.contexts(own, TlsPolicy.DEFAULT, later);

        assertThat(loopback.handshake(client.client(), server.server()).server().succeeded())
                .isTrue();
        assertThat(loopback.handshake(client.client(), laterServer.server()).server().reason())
                .contains("certificate has expired");
    }

    @Test
    void refusesAClientWithoutACertificate() throws Exception {
        var naked =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.3")
                        .build();
        Loopback.Result result = loopback.handshake(naked, ca.contexts(SERVER).server());
        assertThat(result.server().succeeded()).isFalse();
    }

    /** A17. */
    @Test
    void refusesAClientOfOldTls() throws Exception {
        var old =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .keyManager(ca.workload(CLIENT).key(), ca.workload(CLIENT).leaf())
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.2")
                        .build();
        Loopback.Result result = loopback.handshake(old, ca.contexts(SERVER).server());
        assertThat(result.server().succeeded()).isFalse();
        assertThat(result.client().succeeded()).isFalse();
    }

    @Test
    void refusesPeersOfAForeignRoot() throws Exception {
        TestCertificates foreign = new TestCertificates();
        Loopback.Result asServer =
                loopback.handshake(foreign.contexts(CLIENT).client(), ca.contexts(SERVER).server());
        assertThat(asServer.client().succeeded()).isFalse();
        assertThat(asServer.client().reason()).contains("unknown issuer");
        assertThat(asServer.server().succeeded()).isFalse();
    }

    @Test
    void acceptsPeersOfEveryRootInTheBundle() throws Exception {
        TestCertificates other = new TestCertificates();
        TlsContexts mine = MeshTls.contexts(underBoth(ca, other, SERVER), TlsPolicy.DEFAULT);
        TlsContexts theirs = MeshTls.contexts(underBoth(other, ca, CLIENT), TlsPolicy.DEFAULT);

        Loopback.Result result = loopback.handshake(theirs.client(), mine.server());

        assertThat(result.server().failure()).isNull();
        assertThat(PeerVerifier.client(result.client().session(), List.of(SERVER)))
                .isInstanceOf(PeerVerdict.Trusted.class);
    }

    @Test
    void contextsWithoutACertificateRefuseEveryHandshake() throws Exception {
        TlsContexts refusing = MeshTls.refusing();
        TlsContexts good = ca.contexts(SERVER);

        Loopback.Result asServer = loopback.handshake(good.client(), refusing.server());
        assertThat(asServer.client().succeeded()).isFalse();
        assertThat(asServer.server().succeeded()).isFalse();

        Loopback.Result asClient = loopback.handshake(refusing.client(), good.server());
        assertThat(asClient.client().succeeded()).isFalse();
        assertThat(asClient.server().succeeded()).isFalse();
    }

    /** A18. */
    @Test
    void newHandshakesShowTheNewCertificate() throws Exception {
        TlsContexts client = ca.contexts(CLIENT);
        TlsContexts before = ca.contexts(SERVER);
        TlsContexts after = ca.contexts(SERVER);
        assertThat(serverSerial(client, before)).isEqualTo(before.serial());
        assertThat(serverSerial(client, after)).isEqualTo(after.serial());
        assertThat(before.serial()).isNotEqualTo(after.serial());
    }

    @Test
    void hybridGroupIsSpokenByDefaultAndDemandedByPolicy() throws Exception {
        TlsContexts pqc = MeshTls.contexts(ca.workload(CLIENT), TlsPolicy.PQC);
        TlsContexts classic =
                MeshTls.contexts(ca.workload(CLIENT), new TlsPolicy(List.of("X25519"), false));
        TlsContexts byDefault = ca.contexts(SERVER);
        TlsContexts pqcServer = MeshTls.contexts(ca.workload(SERVER), TlsPolicy.PQC);

        assertThat(loopback.handshake(pqc.client(), byDefault.server()).server().succeeded())
                .isTrue();
        assertThat(loopback.handshake(classic.client(), pqcServer.server()).server().succeeded())
                .isFalse();
    }

    @Test
    void tls12IsSpokenWhereItIsEnabled() throws Exception {
        TlsPolicy policy = new TlsPolicy(TlsPolicy.DEFAULT.groups(), true);
        WorkloadCertificate own = ca.workload(CLIENT);
        var old =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .keyManager(own.key(), own.leaf())
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.2")
                        .build();
        TlsContexts server = MeshTls.contexts(ca.workload(SERVER), policy);
        Loopback.Result result = loopback.handshake(old, server.server());
        assertThat(result.server().failure()).isNull();
        assertThat(result.server().session().getProtocol()).isEqualTo("TLSv1.2");
        assertThat(PeerVerifier.server(result.server().session(), TrustDomain.CLUSTER_LOCAL))
                .isInstanceOf(PeerVerdict.Trusted.class);
    }

    private java.math.BigInteger serverSerial(TlsContexts client, TlsContexts server)
            throws Exception {
        Loopback.Result result = loopback.handshake(client.client(), server.server());
        return switch (PeerVerifier.client(result.client().session(), List.of(SERVER))) {
            case PeerVerdict.Trusted trusted -> trusted.peer().serial();
            case PeerVerdict.Rejected rejected -> throw new AssertionError(rejected.reason());
        };
    }

    /** Signed by the first, trusting both. */
    private static WorkloadCertificate underBoth(
            TestCertificates signer, TestCertificates other, SpiffeId id) {
        SigningRequest request = SigningRequest.create(id);
        List<String> elements =
                new ArrayList<>(signer.authority().issue(request.csrPem(), id, Duration.ZERO));
        TrustBundle own = TrustBundle.parsePem(elements.removeLast());
        elements.add(own.pem() + other.bundle().pem());
        return WorkloadCertificate.of(id, request.key(), elements);
    }
}
