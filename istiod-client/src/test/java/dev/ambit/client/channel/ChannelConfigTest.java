package dev.ambit.client.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.client.channel.ChannelConfig.Identification;
import dev.ambit.client.channel.ChannelConfig.Service;
import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ChannelConfigTest {

    @Test
    void hasUpstreamsDefaults() {
        EnvReader env = EnvReader.of(Map.of());
        assertThat(ChannelConfig.from(env, Service.XDS, ChannelConfig.defaultAddress(env)))
                .isEqualTo(
                        new ChannelConfig(
                                "localhost",
                                15012,
                                true,
                                new RootSource.File(
                                        Path.of("./var/run/secrets/istio/root-cert.pem")),
                                Optional.empty(),
                                new Identification(
                                        new TokenSource.None(), "Kubernetes", Map.of())));
        assertThat(
                        ChannelConfig.defaultAddress(
                                EnvReader.of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"))))
                .isEqualTo("https://istiod.istio-system.svc:15012");
    }

    @Test
    void readsEveryVariable() {
        EnvReader env =
                EnvReader.of(
                        Map.of(
                                "CA_ADDRESS", "[fd00::1]:15012",
                                "CA_ROOT_CA", "SYSTEM",
                                "ALT_CA_HOSTNAME", "istiod.istio-system.svc",
                                "CA_HEADER_X-Tenant", "t1",
                                "XDS_HEADER_IGNORED", "here",
                                "AUTH_TOKEN", "literal-token",
                                "ISTIO_META_CLUSTER_ID", "c1",
                                "CLUSTER_ID", "c2"));
        assertThat(ChannelConfig.from(env, Service.CA, "https://localhost:15012"))
                .isEqualTo(
                        new ChannelConfig(
                                "fd00::1",
                                15012,
                                true,
                                new RootSource.SystemRoots(),
                                Optional.of("istiod.istio-system.svc"),
                                new Identification(
                                        new TokenSource.Literal("literal-token"),
                                        "c1",
                                        Map.of("x-tenant", "t1"))));
        env.finish();
    }

    @Test
    void tellsFilesTextsAndTokensApart() {
        assertThat(RootSource.parse("-----BEGIN CERTIFICATE-----\nAAAA"))
                .isInstanceOf(RootSource.Inline.class);
        assertThat(RootSource.parse("/not/there/yet.pem")).isInstanceOf(RootSource.File.class);
        EnvReader env = EnvReader.of(Map.of("AUTH_TOKEN", "/not/there/yet"));
        assertThat(ChannelConfig.from(env, Service.XDS, "localhost:1").identification().token())
                .isEqualTo(new TokenSource.File(Path.of("/not/there/yet")));
    }

    @Test
    void plaintextIsAskedForByItsScheme() {
        ChannelConfig config =
                ChannelConfig.from(
                        EnvReader.of(Map.of("XDS_ADDRESS", "http://127.0.0.1:15010")),
                        Service.XDS,
                        "https://localhost:15012");
        assertThat(config.tls()).isFalse();
        assertThat(config.port()).isEqualTo(15010);
    }

    @Test
    void reportsAnAddressThatIsNone() {
        EnvReader env = EnvReader.of(Map.of("XDS_ADDRESS", "ftp://istiod:21"));
        ChannelConfig.from(env, Service.XDS, "https://localhost:15012");
        assertThatThrownBy(env::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("XDS_ADDRESS");
    }
}
