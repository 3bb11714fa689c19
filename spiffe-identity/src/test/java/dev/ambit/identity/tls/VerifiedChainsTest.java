package dev.ambit.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.runtime.testing.ManualTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of a chain, and when it counts. */
final class VerifiedChainsTest {

    private static final SpiffeId ID = SpiffeId.of("cluster.local", "default", "curl");

    private final ManualTime time = new ManualTime();
    private final TestCertificates ca = new TestCertificates(time.clock());
    private final VerifiedChains chains = new VerifiedChains();
    private final X509Certificate[] chain = {ca.workload(ID).leaf()};

    @Test
    void aChainIsCheckedOnceUnderOneBundle() {
        VerifiedChains.Checker checker = chains.under(ca.bundle(), time.clock());
        assertThat(checker.check(chain)).isSameAs(checker.check(chain));
        // Another context of the same bundle knows it too.
        assertThat(chains.under(ca.bundle(), time.clock()).check(chain))
                .isSameAs(checker.check(chain));
        assertThat(chains.size()).isOne();
    }

    @Test
    void anotherBundleHasNotSeenIt() {
        chains.under(ca.bundle(), time.clock()).check(chain);
        TestCertificates other = new TestCertificates(time.clock());
        assertThatThrownBy(() -> chains.under(other.bundle(), time.clock()).check(chain))
                .isInstanceOf(CertificateRejected.class);
        TrustBundle both =
                new TrustBundle(
                        List.of(ca.bundle().roots().getFirst(), other.bundle().roots().getFirst()));
        chains.under(both, time.clock()).check(chain);
        assertThat(chains.size()).isEqualTo(2);
    }

    @Test
    void theOrderOfRootsDoesNotMatter() {
        X509Certificate a = ca.bundle().roots().getFirst();
        X509Certificate b = new TestCertificates(time.clock()).bundle().roots().getFirst();
        chains.under(new TrustBundle(List.of(a, b)), time.clock()).check(chain);
        chains.under(new TrustBundle(List.of(b, a)), time.clock()).check(chain);
        assertThat(chains.size()).isOne();
    }

    @Test
    void nothingIsRememberedPastTheEndOfTheCertificate() {
        VerifiedChains.Checker checker = chains.under(ca.bundle(), time.clock());
        checker.check(chain);
        time.advance(Duration.ofHours(24).plusSeconds(1));
        assertThatThrownBy(() -> checker.check(chain)).hasMessageContaining("has expired");
    }

    @Test
    void aRefusalIsNotRemembered() {
        TestCertificates other = new TestCertificates(time.clock());
        VerifiedChains.Checker checker = chains.under(other.bundle(), time.clock());
        assertThatThrownBy(() -> checker.check(chain)).isInstanceOf(CertificateRejected.class);
        assertThat(chains.size()).isZero();
    }

    @Test
    void oneChangedByteIsAnotherChain() throws Exception {
        VerifiedChains.Checker checker = chains.under(ca.bundle(), time.clock());
        checker.check(chain);
        byte[] der = chain[0].getEncoded();
        der[der.length - 1] ^= 1;
        X509Certificate forged = dev.ambit.identity.Pem.certificate(der);
        assertThatThrownBy(() -> checker.check(new X509Certificate[] {forged}))
                .isInstanceOf(CertificateRejected.class);
    }
}
