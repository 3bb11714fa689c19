package dev.ambit.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the authority's key comes from: a store of its own, or a directory plugged in. */
final class SigningKeySourcesTest {

    private static final SpiffeId ID = SpiffeId.of("cluster.local", "default", "curl");

    @TempDir Path directory;

    private final ManualTime time = new ManualTime();

    @Test
    void aStoreMakesItsRootOnceAndKeepsItToItself() throws Exception {
        Path place = directory.resolve("ca");
        SigningKey first = store(place).open();
        SigningKey again = store(place).open();
        assertThat(again.certificate()).isEqualTo(first.certificate());
        assertThat(again.key()).isEqualTo(first.key());
        assertThat(first.certificate().getSubjectX500Principal())
                .isEqualTo(new X500Principal("O=cluster.local"));
        assertThat(permissions(place)).isEqualTo("rwx------");
        assertThat(permissions(place.resolve("ca-key.pem"))).isEqualTo("rw-------");
        try (var files = Files.list(place)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca-key.pem", "ca-cert.pem");
        }
    }

    @Test
    void aStoreRenewsItsRootWithTheSameKeyNearItsEnd() {
        RootStore store = store(directory);
        SigningKey first = store.open();
        CertificateAuthority authority = new CertificateAuthority(first, time.clock());
        try (CaReload _ = CaReload.renewing(store, authority, time.scheduler(), time.clock())) {
            time.advance(RootStore.LIFE.dividedBy(5).multipliedBy(4).minus(Duration.ofDays(1)));
            assertThat(authority.signingKey().current()).isEqualTo(first);
            WorkloadCertificate old = workload(authority);
            time.advance(Duration.ofDays(2));
            SigningKey renewed = authority.signingKey().current();
            assertThat(renewed.certificate()).isNotEqualTo(first.certificate());
            assertThat(renewed.key()).isEqualTo(first.key());
            // A proxy with the old root and one with the new understand each other.
            new dev.ambit.identity.x509.ChainVerifier(old.bundle())
                    .verify(workload(authority).chain(), time.now());
            assertThat(store.open().certificate()).isEqualTo(renewed.certificate());
        }
    }

    @Test
    void aStoreWithHalfOfAPairSaysWhatToDo() throws Exception {
        store(directory).open();
        Files.delete(directory.resolve("ca-key.pem"));
        assertThatThrownBy(() -> store(directory).open())
                .isInstanceOf(CaProblem.class)
                .hasMessageStartingWith("AMB1103 CA store");
        Files.writeString(directory.resolve("ca-key.pem"), "garbage");
        assertThatThrownBy(() -> store(directory).open())
                .isInstanceOf(CaProblem.class)
                .hasMessageStartingWith("AMB1104 CA store");
    }

    @Test
    void aPluggedInIntermediateIssuesChainsThatReachTheRoot() throws Exception {
        Authority root = new Authority("root");
        Authority middle = root.under("middle");
        Authority signer = middle.under("signer");
        plugIn(signer, List.of(signer, middle, root), List.of(root));

        SigningKey key = new PlugInDirectory(directory, time.clock()).read();
        assertThat(key.chain()).containsExactly(signer.certificate, middle.certificate);
        CertificateAuthority authority = new CertificateAuthority(key, time.clock());
        SigningRequest request = SigningRequest.create(ID);
        List<String> elements = authority.issue(request.csrPem(), ID, Duration.ZERO);
        assertThat(elements).hasSize(4);
        assertThat(elements.getLast()).isEqualTo(Pem.encode(root.certificate));
        WorkloadCertificate certificate =
                WorkloadCertificate.of(ID, request.key(), elements, time.now());
        assertThat(certificate.chain()).hasSize(3);
    }

    @Test
    void aTlsSecretIsALayoutToo() throws Exception {
        Authority root = new Authority("root");
        Authority signer = root.under("signer");
        Files.writeString(directory.resolve("tls.crt"), Pem.encode(signer.certificate));
        Files.writeString(directory.resolve("tls.key"), signer.keyPem());
        Files.writeString(directory.resolve("ca.crt"), Pem.encode(root.certificate));
        PlugInDirectory plugIn = new PlugInDirectory(directory, time.clock());
        assertThat(plugIn.present()).isTrue();
        assertThat(plugIn.read().certificate()).isEqualTo(signer.certificate);
    }

    @Test
    void piecesThatDoNotFitAreRefused() throws Exception {
        Authority root = new Authority("root");
        Authority signer = root.under("signer");
        PlugInDirectory plugIn = new PlugInDirectory(directory, time.clock());
        assertThatThrownBy(plugIn::read).hasMessageStartingWith("AMB1105 CA directory");

        plugIn(signer, List.of(signer), List.of(new Authority("another root")));
        assertThatThrownBy(plugIn::read).hasMessageContaining("unknown issuer");

        plugIn(signer, List.of(signer), List.of(root));
        Files.writeString(directory.resolve("ca-key.pem"), root.keyPem());
        assertThatThrownBy(plugIn::read)
                .hasMessageStartingWith("AMB1106 CA directory")
                .hasMessageContaining("does not belong to the private key");
    }

    @Test
    void aNewSignerIsTakenWhenProxiesKnowItsRootElseTheLastGoodOneStays() throws Exception {
        Authority root = new Authority("root");
        Authority first = root.under("first");
        plugIn(first, List.of(first), List.of(root));
        PlugInDirectory plugIn = new PlugInDirectory(directory, time.clock());
        CertificateAuthority authority = new CertificateAuthority(plugIn.read(), time.clock());
        try (CaReload _ =
                CaReload.following(
                        plugIn,
                        authority,
                        CaReload.Rules.DEFAULT,
                        time.scheduler(),
                        time.clock())) {
            Authority second = root.under("second");
            plugIn(second, List.of(second), List.of(root));
            look();
            assertThat(signer(authority)).isEqualTo(second.certificate);

            Files.writeString(directory.resolve("ca-cert.pem"), "half written");
            look();
            assertThat(signer(authority)).isEqualTo(second.certificate);

            Authority newRoot = new Authority("new root");
            Authority third = newRoot.under("third");
            plugIn(third, List.of(third), List.of(newRoot));
            look();
            assertThat(signer(authority)).isEqualTo(second.certificate);

            // First the root is made known, then the signer changes.
            plugIn(second, List.of(second), List.of(root, newRoot));
            look();
            assertThat(authority.bundle())
                    .isEqualTo(new TrustBundle(List.of(root.certificate, newRoot.certificate)));
            plugIn(third, List.of(third), List.of(root, newRoot));
            look();
            assertThat(signer(authority)).isEqualTo(third.certificate);
        }
        assertThat(time.pending()).isZero();
    }

    private void look() {
        time.advance(CaReload.Rules.DEFAULT.every());
    }

    private static X509Certificate signer(CertificateAuthority authority) {
        return authority.signingKey().current().certificate();
    }

    private WorkloadCertificate workload(CertificateAuthority authority) {
        SigningRequest request = SigningRequest.create(ID);
        return WorkloadCertificate.of(
                ID,
                request.key(),
                authority.issue(request.csrPem(), ID, Duration.ZERO),
                time.now());
    }

    private RootStore store(Path place) {
        return new RootStore(place, TrustDomain.CLUSTER_LOCAL, time.clock());
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void plugIn(Authority signer, List<Authority> chain, List<Authority> roots)
            throws IOException {
        Files.writeString(directory.resolve("ca-cert.pem"), Pem.encode(signer.certificate));
        Files.writeString(directory.resolve("ca-key.pem"), signer.keyPem());
        Files.writeString(directory.resolve("cert-chain.pem"), pem(chain));
        Files.writeString(directory.resolve("root-cert.pem"), pem(roots));
    }

    private static String pem(List<Authority> authorities) {
        StringBuilder text = new StringBuilder();
        authorities.forEach(a -> text.append(Pem.encode(a.certificate)));
        return text.toString();
    }

    /** Any authority of a hierarchy. */
    private final class Authority {
        private final X500Principal name;
        private final KeyPair pair = SigningRequest.newKey();
        private final X509Certificate certificate;

        Authority(String name) {
            this.name = new X500Principal("O=" + name);
            this.certificate = certificate(this.name, pair);
        }

        private Authority(String name, Authority issuer) {
            this.name = new X500Principal("O=" + name);
            this.certificate = certificate(issuer.name, issuer.pair);
        }

        Authority under(String child) {
            return new Authority(child, this);
        }

        String keyPem() {
            return Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded());
        }

        private X509Certificate certificate(X500Principal issuer, KeyPair signer) {
            try {
                return new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                issuer,
                                                java.math.BigInteger.valueOf(System.nanoTime()),
                                                java.util.Date.from(time.now()),
                                                java.util.Date.from(
                                                        time.now().plus(Duration.ofDays(365))),
                                                name,
                                                pair.getPublic())
                                        .addExtension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(true))
                                        .addExtension(
                                                Extension.keyUsage,
                                                true,
                                                new KeyUsage(KeyUsage.keyCertSign))
                                        .build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(signer.getPrivate())));
            } catch (Exception e) {
                throw new AssertionError("cannot build the certificate", e);
            }
        }
    }
}
