package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.config.ConfigException;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.waypoint.exchange.ExchangeLimits;
import dev.ambit.waypoint.ingress.IngressLimits;
import dev.ambit.waypoint.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WaypointConfigTest {

    private static WaypointConfig read(String... more) {
        Map<String, String> env = new HashMap<>();
        env.put("GATEWAY_NAME", "waypoint");
        env.put("POD_NAMESPACE", "shop");
        for (int i = 0; i < more.length; i += 2) {
            env.put(more[i], more[i + 1]);
        }
        return WaypointConfigReader.read(EnvReader.of(env));
    }

    @Test
    void hasTheDefaultsOfIstio() {
        WaypointConfig config = read();
        assertThat(config.node())
                .isEqualTo(
                        new WaypointConfig.Node(
                                new GatewayName("shop", "waypoint"),
                                SpiffeId.of("cluster.local", "shop", "waypoint"),
                                "waypoint",
                                "1.1.1.1",
                                "",
                                "Kubernetes"));
        assertThat(config.ports())
                .isEqualTo(new WaypointConfig.Ports("::", 15008, 15000, 15020, 15021));
        assertThat(config.limits().ingress()).isEqualTo(IngressLimits.DEFAULT);
        assertThat(config.limits().exchange()).isEqualTo(ExchangeLimits.DEFAULT);
        assertThat(config.limits().upstream()).isEqualTo(UpstreamLimits.DEFAULT);
        assertThat(config.process().drainDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.process().secretTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.process().accessLog()).isTrue();
    }

    @Test
    void readsWhatIsSet() {
        WaypointConfig config =
                read(
                        "SERVICE_ACCOUNT", "wp",
                        "TRUST_DOMAIN", "td",
                        "POD_NAME", "wp-1",
                        "INSTANCE_IP", "10.0.0.1",
                        "NETWORK", "n1",
                        "CLUSTER_ID", "c1",
                        "IPV6_ENABLED", "false",
                        "AMBIT_ACCESS_LOG", "off",
                        "AMBIT_STREAM_IDLE_TIMEOUT", "1h",
                        "AMBIT_CONNECT_TIMEOUT", "250ms",
                        "TERMINATION_GRACE_PERIOD_SECONDS", "30",
                        "SECRET_TTL", "1h");
        assertThat(config.node().identity()).isEqualTo(SpiffeId.of("td", "shop", "wp"));
        assertThat(config.node().network()).isEqualTo("n1");
        assertThat(config.node().clusterId()).isEqualTo("c1");
        assertThat(config.ports().host()).isEqualTo("0.0.0.0");
        assertThat(config.process().accessLog()).isFalse();
        assertThat(config.limits().exchange().streamIdle()).isEqualTo(Duration.ofHours(1));
        assertThat(config.limits().upstream().connectTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.process().drainDeadline()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.process().secretTtl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void namesEveryMistakeAtOnce() {
        assertThatThrownBy(
                        () ->
                                WaypointConfigReader.read(
                                        EnvReader.of(
                                                Map.of(
                                                        "AMBIT_HBONE_PORT", "70000",
                                                        "AMBIT_ACCESS_LOG", "json"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("GATEWAY_NAME")
                .hasMessageContaining("POD_NAMESPACE")
                .hasMessageContaining("AMBIT_HBONE_PORT: 70000 (expected: 1-65535)")
                .hasMessageContaining("AMBIT_ACCESS_LOG");
    }
}
