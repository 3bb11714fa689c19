package dev.ambit.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.testing.ManualTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

/** What is issued, and what is not. */
final class CertificateAuthorityTest {

    private static final SpiffeId ID = SpiffeId.of("cluster.local", "default", "curl");

    private final ManualTime time = new ManualTime();
    private final SigningKey root = RootStore.inMemory(TrustDomain.CLUSTER_LOCAL, time.clock());
    private final CertificateAuthority authority = new CertificateAuthority(root, time.clock());

    @Test
    void issuesWhatTheRulesSayAndNothingElse() throws Exception {
        SigningRequest request = SigningRequest.create(ID);
        List<String> elements = authority.issue(request.csrPem(), ID, Duration.ZERO);

        assertThat(elements).hasSize(2);
        assertThat(elements.getLast()).isEqualTo(authority.bundle().pem());
        X509Certificate leaf =
                WorkloadCertificate.of(ID, request.key(), elements, time.now()).leaf();
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, ID.uri()));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getKeyUsage()).startsWith(true, false, true, false);
        assertThat(leaf.getExtendedKeyUsage())
                .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getNotBefore()).isEqualTo(time.now().minus(Duration.ofMinutes(2)));
        assertThat(leaf.getNotAfter()).isEqualTo(time.now().plus(Duration.ofHours(24)));
    }

    @Test
    void ignoresEveryNameAndExtensionOfTheRequest() throws Exception {
        KeyPair pair = SigningRequest.newKey();
        ExtensionsGenerator wishes = new ExtensionsGenerator();
        wishes.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        wishes.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                        new GeneralName[] {
                            new GeneralName(
                                    GeneralName.uniformResourceIdentifier,
                                    "spiffe://cluster.local/ns/default/sa/admin"),
                            new GeneralName(GeneralName.dNSName, "admin.default.svc")
                        }));
        PKCS10CertificationRequestBuilder builder =
                new PKCS10CertificationRequestBuilder(
                        new X500Name("CN=admin"),
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wishes.generate());
        X509Certificate leaf = issue(builder, signer(pair));

        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, ID.uri()));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void refusesLivesItMayNotGive() {
        String csr = SigningRequest.create(ID).csrPem();
        assertThatThrownBy(() -> authority.issue(csr, ID, Duration.ofSeconds(-1)))
                .isInstanceOf(CertificateRejected.class);
        assertThatThrownBy(
                        () -> authority.issue(csr, ID, CertificateAuthority.MAX_TTL.plusSeconds(1)))
                .isInstanceOf(CertificateRejected.class);
        assertThatThrownBy(() -> authority.issue(csr, ID, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(CertificateRejected.class);
        assertThat(authority.issue(csr, ID, CertificateAuthority.MAX_TTL)).hasSize(2);
    }

    @Test
    void noLeafOutlivesItsSigner() {
        time.advance(RootStore.LIFE.minus(Duration.ofHours(1)));
        String csr = SigningRequest.create(ID).csrPem();
        X509Certificate leaf =
                Pem.certificates(authority.issue(csr, ID, Duration.ZERO).getFirst()).getFirst();
        assertThat(leaf.getNotAfter()).isEqualTo(root.certificate().getNotAfter());
        time.advance(Duration.ofHours(2));
        assertThatThrownBy(() -> authority.issue(csr, ID, Duration.ZERO))
                .hasMessageContaining("has expired");
    }

    @Test
    void refusesRequestsThatProveNothing() throws Exception {
        KeyPair pair = SigningRequest.newKey();
        KeyPair other = SigningRequest.newKey();
        PKCS10CertificationRequestBuilder forged =
                new PKCS10CertificationRequestBuilder(
                        new X500Name("CN=x"),
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        assertThatThrownBy(() -> issue(forged, signer(other)))
                .hasMessage("CSR: signature does not verify");

        byte[] offCurve = pair.getPublic().getEncoded();
        offCurve[offCurve.length - 1] ^= 1;
        PKCS10CertificationRequestBuilder bent =
                new PKCS10CertificationRequestBuilder(
                        new X500Name("CN=x"), SubjectPublicKeyInfo.getInstance(offCurve));
        assertThatThrownBy(() -> issue(bent, signer(pair)))
                .hasMessage("CSR: key or signature cannot be read");

        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPair weak = rsa.generateKeyPair();
        PKCS10CertificationRequestBuilder small =
                new PKCS10CertificationRequestBuilder(
                        new X500Name("CN=x"),
                        SubjectPublicKeyInfo.getInstance(weak.getPublic().getEncoded()));
        ContentSigner weakSigner =
                new JcaContentSignerBuilder("SHA256withRSA").build(weak.getPrivate());
        assertThatThrownBy(() -> issue(small, weakSigner)).hasMessageContaining("RSA 1024");
    }

    @Test
    void refusesTextsThatAreNoRequest() {
        for (String text :
                List.of(
                        "",
                        "nothing",
                        authority.bundle().pem(),
                        Pem.encode("CERTIFICATE REQUEST", new byte[] {1, 2, 3}),
                        SigningRequest.create(ID).csrPem().repeat(2),
                        "x".repeat(1 << 20))) {
            assertThatThrownBy(() -> authority.issue(text, ID, Duration.ZERO))
                    .isInstanceOf(CertificateRejected.class)
                    .hasMessageStartingWith("CSR: ");
        }
    }

    @Test
    void aServerCertificateCarriesNamesAndAddresses() throws Exception {
        ServerCertificate server =
                authority.server(List.of("istiod.istio-system.svc", "10.0.0.1", "::1"), DAY);
        X509Certificate leaf = server.chain().getFirst();
        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(
                        List.of(2, "istiod.istio-system.svc"),
                        List.of(7, "10.0.0.1"),
                        List.of(7, "0:0:0:0:0:0:0:1"));
        new ChainVerifier(authority.bundle()).verifyPath(server.chain(), time.now());
    }

    private static final Duration DAY = Duration.ofDays(1);

    private X509Certificate issue(PKCS10CertificationRequestBuilder request, ContentSigner signer)
            throws Exception {
        String pem = Pem.encode("CERTIFICATE REQUEST", request.build(signer).getEncoded());
        return Pem.certificates(authority.issue(pem, ID, Duration.ZERO).getFirst()).getFirst();
    }

    private static ContentSigner signer(KeyPair pair) throws Exception {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    }
}
