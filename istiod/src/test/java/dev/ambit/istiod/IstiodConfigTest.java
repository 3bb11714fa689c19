package dev.ambit.istiod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.istiod.IstiodConfig.ObjectsFrom;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IstiodConfigTest {
    @TempDir Path dir;

    private static IstiodConfig read(Map<String, String> env, String... arguments) {
        EnvReader reader = EnvReader.of(env);
        IstiodConfig config = IstiodConfig.read(reader, List.of(arguments));
        reader.finish();
        return config;
    }

    @Test
    void defaults() {
        assertThat(read(Map.of("AMBIT_MANIFESTS", dir.toString(), "AMBIT_TOKENS", "/t")))
                .isEqualTo(
                        new IstiodConfig(
                                new ObjectsFrom.Directory(dir, Optional.empty()),
                                Optional.of(Path.of("/t")),
                                Path.of("etc/ca"),
                                Path.of("etc/cacerts"),
                                List.of(
                                        "istiod.istio-system.svc",
                                        "istiod.istio-system.svc.cluster.local",
                                        "localhost"),
                                new IstiodConfig.Ports(
                                        Optional.of(at("127.0.0.1", 15010)),
                                        new InetSocketAddress(15012),
                                        new InetSocketAddress(15014),
                                        new InetSocketAddress(8080)),
                                MeshSettings.DEFAULT,
                                MeshLoop.Debounce.DEFAULT,
                                Duration.ofSeconds(1),
                                false));
    }

    @Test
    void everythingCanBeSaid() {
        assertThat(
                        read(
                                Map.ofEntries(
                                        Map.entry("AMBIT_MANIFESTS", dir.toString()),
                                        Map.entry("AMBIT_RUNTIME", "/r"),
                                        Map.entry("AMBIT_TOKENS", "/t"),
                                        Map.entry("AMBIT_CA_DIR", "/c"),
                                        Map.entry("AMBIT_CACERTS", "/p"),
                                        Map.entry("AMBIT_ISTIOD_NAMES", "10.0.0.1, here,localhost"),
                                        Map.entry("CLUSTER_ID", "c1"),
                                        Map.entry("TRUST_DOMAIN", "td"),
                                        Map.entry("ROOT_NAMESPACE", "root"),
                                        Map.entry("DOMAIN", "example.com"),
                                        Map.entry(
                                                "AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY",
                                                "true"),
                                        Map.entry("AMBIT_DEBOUNCE_AFTER", "5ms"),
                                        Map.entry("AMBIT_DEBOUNCE_MAX", "1s"),
                                        Map.entry("TERMINATION_DRAIN_DURATION", "3s"),
                                        Map.entry("AMBIT_DEBUG_FROM", "any")),
                                "discovery",
                                "--grpcAddr=",
                                "--secureGRPCAddr=127.0.0.1:1",
                                "--monitoringAddr",
                                ":2",
                                "--httpAddr=[::1]:3"))
                .isEqualTo(
                        new IstiodConfig(
                                new ObjectsFrom.Directory(dir, Optional.of(Path.of("/r"))),
                                Optional.of(Path.of("/t")),
                                Path.of("/c"),
                                Path.of("/p"),
                                List.of(
                                        "istiod.istio-system.svc",
                                        "istiod.istio-system.svc.cluster.local",
                                        "localhost",
                                        "10.0.0.1",
                                        "here"),
                                new IstiodConfig.Ports(
                                        Optional.empty(),
                                        at("127.0.0.1", 1),
                                        new InetSocketAddress(2),
                                        at("::1", 3)),
                                new MeshSettings("c1", "td", "root", "example.com", true),
                                new MeshLoop.Debounce(Duration.ofMillis(5), Duration.ofSeconds(1)),
                                Duration.ofSeconds(3),
                                true));
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        assertThatThrownBy(
                        () ->
                                read(
                                        Map.of(
                                                "AMBIT_MANIFESTS",
                                                "/not/there",
                                                "AMBIT_DEBOUNCE_AFTER",
                                                "soon"),
                                        "--httpAddr=80",
                                        "--what=1"))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains("AMBIT_MANIFESTS")
                .contains("AMBIT_TOKENS")
                .contains("AMBIT_DEBOUNCE_AFTER")
                .contains("--httpAddr")
                .contains("--what=1");
    }

    @Test
    void aKubernetesApiServerIsUsedWhereOneIsAndNoDirectoryIsNamed() throws IOException {
        Path kubeconfig = Files.createFile(dir.resolve("kubeconfig"));
        ObjectsFrom ours = new ObjectsFrom.Kubernetes(Set.of("istio-system/ztunnel"));
        assertThat(read(Map.of("KUBECONFIG", kubeconfig.toString())).objects()).isEqualTo(ours);
        assertThat(read(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1")).objects()).isEqualTo(ours);
        IstiodConfig told = read(Map.of("AMBIT_KUBERNETES", "true"));
        assertThat(told.objects()).isEqualTo(ours);
        assertThat(told.tokens()).isEmpty();
        assertThat(
                        read(Map.of(
                                        "KUBERNETES_SERVICE_HOST",
                                        "10.96.0.1",
                                        "AMBIT_MANIFESTS",
                                        dir.toString(),
                                        "AMBIT_TOKENS",
                                        "/t"))
                                .objects())
                .isEqualTo(new ObjectsFrom.Directory(dir, Optional.empty()));
        assertThat(
                        read(Map.of(
                                        "AMBIT_KUBERNETES",
                                        "true",
                                        "ROOT_NAMESPACE",
                                        "mesh",
                                        "CA_TRUSTED_NODE_ACCOUNTS",
                                        "a/b, c/d"))
                                .objects())
                .isEqualTo(new ObjectsFrom.Kubernetes(Set.of("a/b", "c/d")));
    }

    @Test
    void mistakesAboutTheSourceAreNamed() {
        assertThatThrownBy(
                        () ->
                                read(
                                        Map.of(
                                                "AMBIT_KUBERNETES",
                                                "true",
                                                "AMBIT_MANIFESTS",
                                                dir.toString(),
                                                "KUBECONFIG",
                                                "/not/there",
                                                "CA_TRUSTED_NODE_ACCOUNTS",
                                                "ztunnel")))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains("AMBIT_KUBERNETES")
                .contains("KUBECONFIG")
                .contains("CA_TRUSTED_NODE_ACCOUNTS");
        assertThatThrownBy(() -> read(Map.of("KUBECONFIG", "/x", "AMBIT_KUBERNETES", "false")))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains("AMBIT_MANIFESTS");
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }
}
