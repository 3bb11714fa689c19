package dev.ambit.client.channel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.testing.TestCertificates;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerNamesTest {

    private final TestCertificates ca = new TestCertificates();

    @Test
    void acceptsTheNameOrOneOfTwo() {
        accepts("istiod.istio-system.svc", "istiod.istio-system.svc");
        accepts("ISTIOD.istio-system.svc", "istiod.istio-system.SVC");
        accepts("istiod.istio-system.svc", "10.0.0.1", "istiod.istio-system.svc");
        accepts("10.0.0.1", "10.0.0.1");
        accepts("fd00::1", "fd00:0:0:0:0:0:0:1");
    }

    @Test
    void aStarIsOneWholeLabel() {
        accepts("*.istio-system.svc", "istiod.istio-system.svc");
        refuses("*.svc", "istiod.istio-system.svc");
        refuses("*.istio-system.svc", "istio-system.svc");
        refuses("ist*.istio-system.svc", "istiod.istio-system.svc");
        refuses("*", "istiod");
    }

    @Test
    void refusesOtherNamesAndKinds() {
        refuses("istiod.evil.svc", "istiod.istio-system.svc");
        refuses("10.0.0.2", "10.0.0.1");
        refuses("istiod.istio-system.svc", "10.0.0.1");
    }

    private void accepts(String presented, String... wanted) {
        assertThatCode(() -> new ServerNames(List.of(wanted)).check(certificate(presented)))
                .doesNotThrowAnyException();
    }

    private void refuses(String presented, String... wanted) {
        assertThatThrownBy(() -> new ServerNames(List.of(wanted)).check(certificate(presented)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("expected");
    }

    private X509Certificate certificate(String name) {
        return ca.authority().server(List.of(name), Duration.ofHours(1)).chain().getFirst();
    }
}
