package dev.ambit.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.Cidr;
import dev.ambit.identity.revocation.UnknownStatus;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.socket.ProxyPorts;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ZtunnelConfigTest {

    private static ZtunnelConfig read(String... pairs) {
        Map<String, String> env = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            env.put(pairs[i], pairs[i + 1]);
        }
        return ZtunnelConfigReader.read(EnvReader.of(env), Path.of("/nonexistent"), "proxy");
    }

    private static String xds(ZtunnelConfig config) {
        return Objects.requireNonNull(config.control().xds()).address();
    }

    private static String ca(ZtunnelConfig config) {
        return Objects.requireNonNull(config.control().ca()).address();
    }

    @Test
    void hasUpstreamsDefaults() {
        ZtunnelConfig config = read();
        assertThat(config.mode())
                .isEqualTo(
                        new ZtunnelConfig.Mode.Shared(
                                Path.of("/var/run/ztunnel/ztunnel.sock"), true));
        assertThat(config.node().clusterId()).isEqualTo("Kubernetes");
        assertThat(config.node().clusterDomain()).isEqualTo("cluster.local");
        assertThat(config.node().localNode()).isNull();
        assertThat(config.control().rotation()).isEqualTo(RotationConfig.DEFAULT);
        assertThat(config.ports().admin()).isEqualTo(15000);
        assertThat(config.ports().stats()).isEqualTo(15020);
        assertThat(config.ports().readiness()).isEqualTo(15021);
        assertThat(config.ports().pod()).isEqualTo(ProxyPorts.STANDARD);
        assertThat(config.proxy().sockets().packetMark()).isEqualTo(1337);
        assertThat(config.proxy().sockets().originalSource()).isNull();
        assertThat(config.proxy().sockets().userTimeout()).isNull();
        assertThat(config.proxy().hbone().streamWindow()).isEqualTo(4 << 20);
        assertThat(config.proxy().hbone().connectionWindow()).isEqualTo(16 << 20);
        assertThat(config.proxy().hbone().maxFrameSize()).isEqualTo(1 << 20);
        assertThat(config.proxy().hbone().poolStreams()).isEqualTo(100);
        assertThat(config.proxy().hbone().poolIdle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.process().drainDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.process().dnsCapture()).isTrue();
        assertThat(config.process().istioVersion()).isEqualTo("unknown");
    }

    @Test
    void findsIstiodByWhereItRuns() {
        assertThat(xds(read())).isEqualTo("https://localhost:15012");
        assertThat(ca(read())).isEqualTo("https://localhost:15012");
        assertThat(ca(read("KUBERNETES_SERVICE_HOST", "10.0.0.1")))
                .isEqualTo("https://istiod.istio-system.svc:15012");
        assertThat(xds(read("XDS_ADDRESS", "istiod:1"))).isEqualTo("https://istiod:1");
        assertThat(xds(read("PROXY_CONFIG", "{discoveryAddress: 'd:2'}"))).isEqualTo("https://d:2");
    }

    @Test
    void takesAnEmptyXdsAddressAsNoXds() {
        assertThat(read("XDS_ADDRESS", "", "LOCAL_XDS", "{}").control().xds()).isNull();
        assertThatThrownBy(() -> read("XDS_ADDRESS", "")).hasMessageContaining("LOCAL_XDS_PATH");
    }

    @Test
    void answersNamesAloneButNotNothing() {
        assertThat(read("ENABLE_PROXY", "false").proxy().enabled()).isFalse();
        assertThatThrownBy(() -> read("ENABLE_PROXY", "false", "ISTIO_META_DNS_CAPTURE", "false"))
                .hasMessageContaining("ENABLE_PROXY");
    }

    @Test
    void isAWorkloadOfItsMeshIfItWasToldWhich() {
        assertThat(
                        read("POD_NAME", "z", "POD_NAMESPACE", "istio-system")
                                .control()
                                .pod()
                                .workload())
                .isEmpty();
        assertThat(
                        read(
                                        "POD_NAME",
                                        "z",
                                        "POD_NAMESPACE",
                                        "istio-system",
                                        "SERVICE_ACCOUNT",
                                        "ztunnel")
                                .control()
                                .pod()
                                .workload())
                .contains(new WorkloadInfo("z", "istio-system", "ztunnel"));
    }

    @Test
    void readsTheDedicatedMode() {
        ZtunnelConfig config =
                read("PROXY_MODE", "dedicated", "PROXY_WORKLOAD_INFO", "ns/pod/account");
        assertThat(config.mode())
                .isEqualTo(
                        new ZtunnelConfig.Mode.Dedicated(new WorkloadInfo("pod", "ns", "account")));
        assertThat(config.proxy().sockets().packetMark()).isNull();
        assertThatThrownBy(() -> read("PROXY_MODE", "dedicated", "PROXY_WORKLOAD_INFO", "ns/pod"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("namespace/name/service-account");
    }

    @Test
    void mergesMeshConfigThenProxyConfigThenVariables(@TempDir Path dir) throws IOException {
        Path mesh = dir.resolve("mesh");
        Files.writeString(
                mesh,
                """
                defaultConfig:
                  discoveryAddress: mesh:1
                  proxyAdminPort: 15
                  statsPort: 16
                  concurrency: 3
                  terminationDrainDuration: 5s
                  proxyMetadata: {ISTIO_META_A: mesh, B: mesh, DNS_CAPTURE: "false"}
                """);
        ZtunnelConfig config =
                ZtunnelConfigReader.read(
                        EnvReader.of(
                                Map.of(
                                        "PROXY_CONFIG",
                                                "{statsPort: 17, proxyMetadata: {B: config}}",
                                        "ISTIO_META_C", "variable",
                                        "ISTIO_META_ISTIO_VERSION", "1.32")),
                        mesh,
                        "proxy");
        assertThat(xds(config)).isEqualTo("https://mesh:1");
        assertThat(config.ports().admin()).isEqualTo(15);
        assertThat(config.ports().stats()).isEqualTo(17);
        assertThat(config.process().workerThreads()).isEqualTo(3);
        assertThat(config.process().metadata())
                .containsEntry("A", "mesh")
                .containsEntry("B", "config")
                .containsEntry("C", "variable");
        assertThat(config.process().dnsCapture()).isFalse();
        assertThat(config.process().istioVersion()).isEqualTo("1.32");
    }

    @Test
    void endsALittleBeforeThePodIsKilled() {
        assertThat(read("TERMINATION_GRACE_PERIOD_SECONDS", "30").process().drainDeadline())
                .isEqualTo(Duration.ofSeconds(25));
        assertThat(read("TERMINATION_GRACE_PERIOD_SECONDS", "8").process().drainDeadline())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(read("TERMINATION_GRACE_PERIOD_SECONDS", "1").process().drainDeadline())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(
                        read(
                                        "TERMINATION_GRACE_PERIOD_SECONDS",
                                        "30",
                                        "CONNECTION_TERMINATION_DEADLINE",
                                        "250ms")
                                .process()
                                .drainDeadline())
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void refusesWhatIsNotBuiltAndSaysAllProblemsAtOnce() {
        assertThatThrownBy(
                        () ->
                                read(
                                        "AMBIT_CRL_UNKNOWN", "maybe",
                                        "HTTP2_FRAME_SIZE", "1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("AMBIT_CRL_UNKNOWN")
                .hasMessageContaining("HTTP2_FRAME_SIZE");
    }

    @Test
    void readsWhatEndsTrustEarly() {
        assertThat(read().control().trust())
                .isEqualTo(new ZtunnelConfig.Trust(null, UnknownStatus.ALLOW, false));
        assertThat(
                        read(
                                        "CRL_PATH", "/crl",
                                        "AMBIT_CRL_UNKNOWN", "deny",
                                        "AMBIT_CLOSE_ON_EXPIRY", "true")
                                .control()
                                .trust())
                .isEqualTo(new ZtunnelConfig.Trust(Path.of("/crl"), UnknownStatus.DENY, true));
    }

    @Test
    void readsHowNamesAreFound() {
        ZtunnelConfig config =
                read(
                        "XDS_ON_DEMAND", "true",
                        "UNSTABLE_ENABLE_SOCKS5", "true",
                        "ISTIO_META_DNS_PROXY_ADDR", "[::1]:5353",
                        "PREFERED_SERVICE_NAMESPACE", "shared",
                        "AMBIT_DNS_STALE", "5s",
                        "AMBIT_DNS_POD_RESOLV_CONF", "false",
                        "AMBIT_OUTBOUND_TRAFFIC_POLICY", "registry_only",
                        "AMBIT_EGRESS_HOSTS", "api.example.com, *.Example.org",
                        "AMBIT_EGRESS_CIDRS", "192.0.2.0/24,fd00::/8",
                        "AMBIT_REGISTRY_ONLY_NAMESPACES", "a,b");

        assertThat(config.process().dnsCapture()).as("together with on demand").isTrue();
        assertThat(config.ports().pod().socks()).isEqualTo(15080);
        assertThat(config.ports().pod().isIllegal(15080)).isTrue();
        ZtunnelConfig.Names names = config.names();
        assertThat(names.onDemand()).isTrue();
        assertThat(names.dnsListen().port()).isEqualTo(5353);
        assertThat(names.dnsListen().address()).isNotNull();
        assertThat(names.preferredNamespace()).isEqualTo("shared");
        assertThat(names.podResolvConf()).isFalse();
        assertThat(names.dnsLimits().stale()).hasSeconds(5);
        assertThat(names.egress())
                .isEqualTo(
                        new EgressConfig(
                                true,
                                Set.of("a", "b"),
                                List.of("api.example.com", "*.example.org"),
                                List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("fd00::/8"))));
    }

    @Test
    void namesEveryMistakeAboutNames() {
        assertThatThrownBy(
                        () ->
                                read(
                                        "ISTIO_META_DNS_PROXY_ADDR", "somewhere",
                                        "AMBIT_DNS_STALE", "2m",
                                        "AMBIT_OUTBOUND_TRAFFIC_POLICY", "MAYBE",
                                        "AMBIT_EGRESS_HOSTS", "a.*.b",
                                        "AMBIT_EGRESS_CIDRS", "10.0.0.0/99"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DNS_PROXY_ADDR")
                .hasMessageContaining("AMBIT_DNS_STALE")
                .hasMessageContaining("AMBIT_OUTBOUND_TRAFFIC_POLICY")
                .hasMessageContaining("AMBIT_EGRESS_HOSTS")
                .hasMessageContaining("AMBIT_EGRESS_CIDRS");
    }

    @Test
    void keepsToThePolicyForTls() {
        assertThat(read("COMPLIANCE_POLICY", "pqc").control().rotation().tls())
                .isEqualTo(TlsPolicy.PQC);
        assertThat(read("TLS12_ENABLED", "true").control().rotation().tls().tls12()).isTrue();
        assertThatThrownBy(() -> read("COMPLIANCE_POLICY", "fips-140-3"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("COMPLIANCE_POLICY");
        assertThatThrownBy(() -> read("SECRET_TTL", "0s")).hasMessageContaining("SECRET_TTL");
    }

    @Test
    void refusesTwoLocalStates() {
        assertThatThrownBy(() -> read("LOCAL_XDS", "{}", "LOCAL_XDS_PATH", "/x"))
                .hasMessageContaining("only one");
    }

    @Test
    void showsNoTokenInItsView() {
        assertThat(ConfigView.of(read("AUTH_TOKEN", "secret-token")).toString())
                .doesNotContain("secret-token");
    }

    @Test
    void showsWhereItsRevocationListsAre() {
        assertThat(ConfigView.of(read())).containsEntry("crlPath", null);
        assertThat(ConfigView.of(read("CRL_PATH", "/crl/ca.pem")))
                .containsEntry("crlPath", "/crl/ca.pem");
    }

    @Test
    void countsThreadsAsUpstreamDoes() {
        assertThat(new WorkerThreads("4", null, null, null, null, 16).count()).isEqualTo(4);
        assertThat(new WorkerThreads("0", null, null, null, null, 16).count()).isEqualTo(16);
        assertThat(new WorkerThreads("30%", null, null, null, null, 16).count()).isEqualTo(5);
        assertThat(new WorkerThreads(null, 3, null, null, null, 16).count()).isEqualTo(3);
        assertThat(new WorkerThreads(null, 0, null, null, null, 16).count()).isEqualTo(16);
        assertThat(new WorkerThreads(null, null, null, null, null, 16).count()).isEqualTo(4);
        assertThat(new WorkerThreads(null, null, null, null, null, 4).count()).isEqualTo(2);
        assertThat(new WorkerThreads(null, null, null, "500m", null, 16).count()).isEqualTo(1);
        assertThat(new WorkerThreads(null, null, null, "1500m", "3", 16).count()).isEqualTo(3);
        assertThat(new WorkerThreads("50%", null, "8", null, null, 16).count()).isEqualTo(4);
        assertThatThrownBy(() -> new WorkerThreads("x", null, null, null, null, 1).count())
                .hasMessageContaining("ZTUNNEL_WORKER_THREADS: x");
        assertThatThrownBy(() -> new WorkerThreads("101%", null, null, null, null, 1).count())
                .hasMessageContaining("101%");
    }
}
