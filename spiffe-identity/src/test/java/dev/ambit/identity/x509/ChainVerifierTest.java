package dev.ambit.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.TestLeaf.Shape;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/** Chains that hold and chains that do not, at a fixed time. */
final class ChainVerifierTest {

    private static final String ID = "spiffe://cluster.local/ns/default/sa/curl";

    private final TestLeaf issuer = new TestLeaf();
    private final ChainVerifier verifier = new ChainVerifier(issuer.bundle());

    @Test
    void acceptsALeafUnderARoot() {
        X509Certificate leaf = issuer.leaf(new Shape().uri(ID));
        ChainVerifier.Verified verified = verifier.verify(List.of(leaf), issuer.now);
        assertThat(verified.id()).isEqualTo(SpiffeId.parse(ID));
        assertThat(verified.serial()).isEqualTo(leaf.getSerialNumber());
        assertThat(verified.notAfter()).isEqualTo(leaf.getNotAfter().toInstant());
    }

    @Test
    void acceptsTheRootAtTheEndOfAChainAndOtherKindsOfNames() {
        X509Certificate leaf = issuer.leaf(new Shape().uri(ID).dns("curl.default.svc"));
        assertThat(verifier.verify(List.of(leaf, issuer.root), issuer.now).id())
                .isEqualTo(SpiffeId.parse(ID));
    }

    @Test
    void acceptsALeafWithoutExtendedKeyUsage() {
        X509Certificate leaf = issuer.leaf(new Shape().uri(ID).purposes());
        assertThat(verifier.verify(List.of(leaf), issuer.now).id()).isEqualTo(SpiffeId.parse(ID));
    }

    /** A07: names. */
    @Test
    void refusesLeavesThatAreNotSvids() {
        refuses(new Shape().subject(new X500Name("CN=curl")), "0 URI SANs");
        refuses(new Shape().dns("curl.default.svc"), "0 URI SANs");
        refuses(new Shape().uri(ID).uri(ID), "2 URI SANs");
        refuses(new Shape().uri(ID).uri("https://example.test/"), "2 URI SANs");
        refuses(new Shape().uri("https://cluster.local/ns/a/sa/b"), "SPIFFE id");
        refuses(new Shape().uri("SPIFFE://cluster.local/ns/a/sa/b"), "SPIFFE id");
        refuses(new Shape().uri("spiffe://cluster.local"), "SPIFFE id");
        refuses(new Shape().uri(ID + "?x"), "SPIFFE id");
        refuses(new Shape().uri(ID + "#x"), "SPIFFE id");
        refuses(new Shape().uri("spiffe://cluster.local:1/ns/a/sa/b"), "SPIFFE id");
        refuses(new Shape().uri("spiffe://u@cluster.local/ns/a/sa/b"), "SPIFFE id");
    }

    /** A05. */
    @Test
    void refusesANulInANameAndShowsNothingOfIt() throws Exception {
        byte[] der = issuer.der(new Shape().uri(ID + "\0x"));
        assertThatThrownBy(() -> Pem.certificate(der))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[ -~]*");
    }

    /** A03, A07: uses. */
    @Test
    void refusesLeavesWithTheWrongUse() {
        refuses(new Shape().uri(ID).ca(true), "CA=true");
        refuses(new Shape().uri(ID).usage(0), "without digitalSignature");
        refuses(new Shape().uri(ID).usage(KeyUsage.keyEncipherment), "without digitalSignature");
        refuses(
                new Shape().uri(ID).usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                "authority");
        refuses(new Shape().uri(ID).purposes(KeyPurposeId.id_kp_serverAuth), "extended key usage");
        refuses(
                new Shape().uri(ID).purposes(KeyPurposeId.id_kp_emailProtection),
                "extended key usage");
    }

    /** A20. */
    @Test
    void judgesValidityToTheSecond() {
        X509Certificate leaf =
                issuer.leaf(new Shape().uri(ID).life(Duration.ZERO, Duration.ofHours(1)));
        Instant end = issuer.now.plus(Duration.ofHours(1));
        assertRefused(List.of(leaf), issuer.now.minusSeconds(60), "not valid yet");
        verifier.verify(List.of(leaf), issuer.now);
        verifier.verify(List.of(leaf), end);
        assertRefused(List.of(leaf), end.plusSeconds(60), "has expired");
    }

    @Test
    void refusesChainsUnderAForeignOrExpiredRoot() {
        X509Certificate leaf = issuer.leaf(new Shape().uri(ID));
        TestLeaf foreign = new TestLeaf();
        assertThatThrownBy(
                        () -> new ChainVerifier(foreign.bundle()).verify(List.of(leaf), issuer.now))
                .hasMessageContaining("chain: ");
        X509Certificate old =
                issuer.build(
                        new Shape()
                                .subject(TestLeaf.ROOT_NAME)
                                .ca(true)
                                .usage(KeyUsage.keyCertSign)
                                .life(Duration.ofDays(-10), Duration.ofDays(-1)),
                        issuer.rootKey,
                        TestLeaf.ROOT_NAME,
                        issuer.rootKey);
        assertThatThrownBy(
                        () ->
                                new ChainVerifier(new TrustBundle(List.of(old)))
                                        .verify(List.of(leaf), issuer.now))
                .hasMessageContaining("every root of the bundle is expired");
    }

    @Test
    void findsTheRightOneOfSeveralRootsWithOneName() {
        TestLeaf other = new TestLeaf();
        ChainVerifier both = new ChainVerifier(new TrustBundle(List.of(other.root, issuer.root)));
        assertThat(both.verify(List.of(issuer.leaf(new Shape().uri(ID))), issuer.now).id())
                .isEqualTo(SpiffeId.parse(ID));
        assertThat(both.verify(List.of(other.leaf(new Shape().uri(ID))), issuer.now).id())
                .isEqualTo(SpiffeId.parse(ID));
    }

    @Test
    void acceptsIntermediatesInOrderAndRefusesAWorkloadAsIssuer() {
        KeyPair middleKey = SigningRequest.newKey();
        X500Name middleName = new X500Name("O=middle");
        X509Certificate middle =
                issuer.leaf(
                        new Shape()
                                .subject(middleName)
                                .ca(true)
                                .usage(KeyUsage.keyCertSign)
                                .purposes(),
                        middleKey);
        X509Certificate leaf =
                issuer.build(new Shape().uri(ID), SigningRequest.newKey(), middleName, middleKey);
        verifier.verify(List.of(leaf, middle), issuer.now);
        assertRefused(List.of(leaf), issuer.now, "unknown issuer");

        KeyPair workloadKey = SigningRequest.newKey();
        X500Name workloadName = new X500Name("O=workload");
        X509Certificate workload =
                issuer.leaf(new Shape().subject(workloadName).uri(ID), workloadKey);
        X509Certificate forged =
                issuer.build(
                        new Shape().uri(ID), SigningRequest.newKey(), workloadName, workloadKey);
        assertRefused(List.of(forged, workload), issuer.now, "chain");
    }

    /** A02. */
    @Test
    void honoursNameConstraintsOfAnIntermediate() {
        KeyPair middleKey = SigningRequest.newKey();
        X500Name middleName = new X500Name("O=middle");
        X509Certificate middle =
                issuer.leaf(
                        new Shape()
                                .subject(middleName)
                                .ca(true)
                                .usage(KeyUsage.keyCertSign)
                                .purposes()
                                .excluding("cluster.local"),
                        middleKey);
        X509Certificate leaf =
                issuer.build(new Shape().uri(ID), SigningRequest.newKey(), middleName, middleKey);
        assertRefused(List.of(leaf, middle), issuer.now, "chain");
    }

    @Test
    void refusesWeakKeysAndSignatures() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPair weak = rsa.generateKeyPair();
        assertRefused(List.of(issuer.leaf(new Shape().uri(ID), weak)), issuer.now, "RSA 1024");
        assertRefused(
                List.of(issuer.leaf(new Shape().uri(ID).signedWith("SHA1withECDSA"))),
                issuer.now,
                "SHA1withECDSA");
    }

    /** A08: length. */
    @Test
    void refusesChainsThatAreTooLong() {
        X509Certificate leaf = issuer.leaf(new Shape().uri(ID));
        List<X509Certificate> chain = new ArrayList<>(Collections.nCopies(9, leaf));
        assertRefused(chain, issuer.now, "9 certificates");
        assertRefused(List.of(), issuer.now, "0 certificates");
    }

    private void refuses(Shape shape, String why) {
        assertRefused(List.of(issuer.leaf(shape)), issuer.now, why);
    }

    private void assertRefused(List<X509Certificate> chain, Instant at, String why) {
        assertThatThrownBy(() -> verifier.verify(chain, at))
                .isInstanceOf(CertificateRejected.class)
                .hasMessageContaining(why)
                .hasMessageMatching("[ -~]*");
    }
}
