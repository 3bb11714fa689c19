package dev.ambit.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of reliability.md 1.A that no other test names; A02, A03, A05, A07 and A08 are of {@code
 * ChainVerifierTest}, A10 and A11 of the rotation and revocation tests, A09 and A16 of hbone's
 * {@code HandshakeAttackTest}.
 */
final class TlsRowsTest {

    private static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "default", "curl");
    private static final SpiffeId SERVER = SpiffeId.of("cluster.local", "default", "httpbin");

    private final Loopback loopback = new Loopback();
    private final TestCertificates ca = new TestCertificates();

    @AfterEach
    void close() {
        loopback.close();
    }

    private static SessionFacts facts(SSLSession session) {
        return Objects.requireNonNull(SessionFacts.of(session), "a session without facts");
    }

    private PeerVerdict seenByClient(SslContext client, SslContext server, SpiffeId... expected)
            throws Exception {
        Loopback.Result result = loopback.handshake(client, server);
        assertThat(result.client().failure()).isNull();
        return PeerVerifier.client(result.client().session(), List.of(expected));
    }

    /** A01: an expected identity is one identity; no text in it stands for others. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "http*", "a.*", "%2A", ".*"})
    void a01NothingInAnExpectedIdentityIsAWildcard(String account) throws Exception {
        try {
            SpiffeId pattern = SpiffeId.of("cluster.local", "default", account);
            assertThat(
                            seenByClient(
                                    ca.contexts(CLIENT).client(),
                                    ca.contexts(SERVER).server(),
                                    pattern))
                    .isInstanceOf(PeerVerdict.Rejected.class);
        } catch (IllegalArgumentException notEvenAnId) {
            assertThat(notEvenAnId).hasMessageContaining("expected");
        }
    }

    /** A04: with the same contexts, each handshake is a whole one, so each is judged. */
    @Test
    void a04NoSessionIsResumedAndARemovedRootRefusesTheNextHandshake() throws Exception {
        TlsContexts client = ca.contexts(CLIENT);
        WorkloadCertificate own = ca.workload(SERVER);
        TlsContexts server = MeshTls.contexts(own, TlsPolicy.DEFAULT);
        for (int i = 0; i < 3; i++) {
            Loopback.Result result = loopback.handshake(client.client(), server.server());
            assertThat(result.server().failure()).isNull();
            // Facts are left by the check of the chain alone: a resumed session would have none.
            assertThat(SessionFacts.of(result.server().session())).isNotNull();
            assertThat(SessionFacts.of(result.client().session())).isNotNull();
        }
        TestCertificates successor = new TestCertificates();
        TlsContexts moved = successor.contexts(SERVER);
        assertThat(loopback.handshake(client.client(), moved.server()).server().succeeded())
                .isFalse();
    }

    /** A04, A10: what one bundle vouched for is not remembered under the next. */
    @Test
    void a10AKnownPeerIsUnknownOnceItsRootHasGone() throws Exception {
        TestCertificates successor = new TestCertificates();
        TlsContexts client = MeshTls.contexts(under(ca, CLIENT, ca, successor), TlsPolicy.DEFAULT);
        TlsContexts both =
                MeshTls.contexts(under(successor, SERVER, ca, successor), TlsPolicy.DEFAULT);
        assertThat(loopback.handshake(client.client(), both.server()).server().failure()).isNull();
        TlsContexts without =
                MeshTls.contexts(under(successor, SERVER, successor), TlsPolicy.DEFAULT);
        assertThat(loopback.handshake(client.client(), without.server()).server().reason())
                .contains("unknown issuer");
    }

    private static WorkloadCertificate under(
            TestCertificates signer, SpiffeId id, TestCertificates... trusted) {
        SigningRequest request = SigningRequest.create(id);
        List<String> elements =
                new ArrayList<>(signer.authority().issue(request.csrPem(), id, Duration.ZERO));
        elements.removeLast();
        StringBuilder roots = new StringBuilder();
        for (TestCertificates one : trusted) {
            roots.append(one.bundle().pem());
        }
        elements.add(roots.toString());
        return WorkloadCertificate.of(id, request.key(), elements);
    }

    /** A08: the chain stands in order or not at all, so there is nothing to search. */
    @Test
    void a08AChainThatIsNoPathIsRefusedWithoutASearch() {
        X509Certificate leaf = ca.workload(CLIENT).leaf();
        X509Certificate root = ca.bundle().roots().getFirst();
        List<X509Certificate> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            others.add(new TestCertificates().bundle().roots().getFirst());
        }
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        chain.addAll(others);
        ChainVerifier verifier = new ChainVerifier(new TrustBundle(List.of(root)));
        assertThatThrownBy(() -> verifier.verify(chain, Instant.now()))
                .isInstanceOf(CertificateRejected.class);
        assertThatThrownBy(() -> verifier.verify(Collections.nCopies(5_000, leaf), Instant.now()))
                .hasMessageContaining("5000 certificates");
    }

    /** A12: no aliases in the node proxy; the refusal names the domain that was shown. */
    @Test
    void a12AnotherTrustDomainIsRefusedByName() throws Exception {
        Loopback.Result result =
                loopback.handshake(
                        ca.contexts(SpiffeId.of("other.domain", "default", "curl")).client(),
                        ca.contexts(SERVER).server());
        assertThat(PeerVerifier.server(result.server().session(), TrustDomain.CLUSTER_LOCAL))
                .isInstanceOfSatisfying(
                        PeerVerdict.Rejected.class,
                        no -> assertThat(no.reason()).contains("other.domain"));
    }

    /** A13: the whole check is in an extended trust manager, which no provider wraps. */
    @Test
    void a13AValidIdentityThatIsNotTheExpectedOneIsRefusedByEveryProvider() throws Exception {
        assertThat(seenByClient(ca.contexts(CLIENT).client(), ca.contexts(SERVER).server(), CLIENT))
                .isInstanceOf(PeerVerdict.Rejected.class);

        WorkloadCertificate own = ca.workload(CLIENT);
        X509ExtendedTrustManager trust =
                new BundleTrust(
                        new VerifiedChains().under(own.bundle(), Clock.systemUTC()),
                        Revocation.OFF,
                        own);
        SslContext jsse =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .keyManager(own.key(), own.leaf())
                        .trustManager(trust)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.3")
                        .build();
        SSLSession session =
                loopback.handshake(jsse, ca.contexts(SERVER).server()).client().session();
        assertThat(PeerVerifier.client(session, List.of(CLIENT)))
                .isInstanceOf(PeerVerdict.Rejected.class);
        TestCertificates foreign = new TestCertificates();
        assertThat(loopback.handshake(jsse, foreign.contexts(SERVER).server()).client().succeeded())
                .isFalse();
    }

    /** A14. */
    @Test
    void a14NobodyExpectedIsNobodyAccepted() throws Exception {
        assertThat(seenByClient(ca.contexts(CLIENT).client(), ca.contexts(SERVER).server()))
                .isInstanceOf(PeerVerdict.Rejected.class);
    }

    /** A17: what is older than TLS 1.3 finds nothing here unless it is enabled by name. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1", "TLSv1.2"})
    void a17OldVersionsAreRefused(String version) throws Exception {
        WorkloadCertificate own = ca.workload(CLIENT);
        SslContext old =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .keyManager(own.key(), own.leaf())
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .protocols(version)
                        .build();
        Loopback.Result result = loopback.handshake(old, ca.contexts(SERVER).server());
        assertThat(result.server().succeeded()).isFalse();
    }

    /** A17: also with TLS 1.2 enabled, no suite without forward secrecy and GCM. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "TLS_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                "TLS_RSA_WITH_AES_256_CBC_SHA"
            })
    void a17WeakSuitesAreRefusedWhereTls12IsSpoken(String suite) throws Exception {
        WorkloadCertificate own = ca.workload(CLIENT);
        SslContext weak =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .keyManager(own.key(), own.leaf())
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.2")
                        .ciphers(List.of(suite))
                        .build();
        TlsContexts server =
                MeshTls.contexts(
                        ca.workload(SERVER), new TlsPolicy(TlsPolicy.DEFAULT.groups(), true));
        assertThat(loopback.handshake(weak, server.server()).server().succeeded()).isFalse();
    }

    /** A18: contexts are taken at each handshake; a rotated certificate is the only one shown. */
    @Test
    void a18AfterARotationEveryHandshakeShowsTheNewSerial() throws Exception {
        TlsContexts client = ca.contexts(CLIENT);
        TlsContexts before = ca.contexts(SERVER);
        Set<BigInteger> seen = new HashSet<>();
        loopback.handshake(client.client(), before.server());
        TlsContexts after = ca.contexts(SERVER);
        for (int i = 0; i < 20; i++) {
            SSLSession session =
                    loopback.handshake(client.client(), after.server()).client().session();
            seen.add(facts(session).peer().serial());
        }
        assertThat(seen).containsExactly(after.serial());
    }

    /**
     * A20: validity is judged to the second, without tolerance; what clocks may differ is in the
     * two minutes by which the CA dates certificates back.
     */
    @ParameterizedTest
    @CsvSource({
        "-180, false, true",
        "-60,  true,  true",
        "0,    true,  true",
        "60,   true,  false",
        "180,  true,  false"
    })
    void a20ValidityByTheTable(int seconds, boolean atItsStart, boolean atItsEnd) {
        WorkloadCertificate peer = ca.workload(CLIENT, Duration.ofHours(1));
        ChainVerifier verifier = new ChainVerifier(peer.bundle());
        // A peer whose certificate was made this moment, on a node whose clock is so much off.
        Instant made = peer.notBefore().plus(Duration.ofMinutes(2));
        assertThat(holds(verifier, peer, made.plusSeconds(seconds))).isEqualTo(atItsStart);
        assertThat(holds(verifier, peer, peer.notAfter().plusSeconds(seconds))).isEqualTo(atItsEnd);
    }

    private static boolean holds(ChainVerifier verifier, WorkloadCertificate peer, Instant at) {
        try {
            verifier.verify(peer.chain(), Clock.fixed(at, ZoneOffset.UTC).instant());
            return true;
        } catch (CertificateRejected refused) {
            return false;
        }
    }

    /** M07: what both sides' certificates leave of a connection's time is known of each session. */
    @Test
    void m07ASessionKnowsWhenTheFirstOfItsCertificatesEnds() throws Exception {
        WorkloadCertificate brief = ca.workload(CLIENT, Duration.ofMinutes(10));
        Loopback.Result result =
                loopback.handshake(
                        MeshTls.contexts(brief, TlsPolicy.DEFAULT).client(),
                        ca.contexts(SERVER).server());
        for (Loopback.Side side : List.of(result.client(), result.server())) {
            assertThat(facts(side.session()).until()).isEqualTo(brief.notAfter());
        }
        List<SSLSession> cut = new ArrayList<>();
        SessionCuts cuts = new SessionCuts(Revocation.OFF);
        cuts.add(
                (why, whom) -> {
                    if (whom.test(facts(result.server().session()))) {
                        cut.add(result.server().session());
                    }
                });
        cuts.expired(brief.notAfter());
        assertThat(cut).isEmpty();
        cuts.expired(brief.notAfter().plusSeconds(1));
        assertThat(cut).hasSize(1);
    }

    /** The group is what both sides prefer, and can be told of each connection. */
    @ParameterizedTest
    @CsvSource({"X25519MLKEM768, X25519MLKEM768", "X25519, X25519", "P-256, P-256"})
    void theNegotiatedGroupIsKnown(String offered, String group) throws Exception {
        TlsContexts client =
                MeshTls.contexts(ca.workload(CLIENT), new TlsPolicy(List.of(offered), false));
        Loopback.Result result = loopback.handshake(client.client(), ca.contexts(SERVER).server());
        assertThat(result.client().group()).isEqualTo(group);
        assertThat(result.server().group()).isEqualTo(group);
    }

    @Test
    void theHybridGroupIsPreferred() throws Exception {
        Loopback.Result result =
                loopback.handshake(ca.contexts(CLIENT).client(), ca.contexts(SERVER).server());
        assertThat(result.server().group()).isEqualTo("X25519MLKEM768");
    }
}
