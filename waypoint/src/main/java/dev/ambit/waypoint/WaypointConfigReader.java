package dev.ambit.waypoint;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.waypoint.WaypointConfig.Limits;
import dev.ambit.waypoint.WaypointConfig.Node;
import dev.ambit.waypoint.WaypointConfig.Ports;
import dev.ambit.waypoint.WaypointConfig.ProcessOptions;
import dev.ambit.waypoint.exchange.ExchangeLimits;
import dev.ambit.waypoint.ingress.IngressLimits;
import dev.ambit.waypoint.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads {@link WaypointConfig}. Variables shared with the node proxy have its names; every mistake
 * is collected in the {@link EnvReader}, so that a user sees all of them at once.
 */
final class WaypointConfigReader {

    private static final int MAX_PORT = 65535;

    private final EnvReader env;

    private WaypointConfigReader(EnvReader env) {
        this.env = env;
    }

    /** Throws the reader's exception with all problems. */
    static WaypointConfig read(EnvReader env) {
        WaypointConfigReader reader = new WaypointConfigReader(env);
        Node node = reader.node();
        WaypointConfig config =
                new WaypointConfig(node, reader.ports(), reader.limits(), reader.process());
        env.finish();
        return config;
    }

    private Node node() {
        String gateway = env.required("GATEWAY_NAME", "name of the Gateway this proxy serves");
        String namespace = env.required("POD_NAMESPACE", "namespace of the Gateway");
        String account = env.text("SERVICE_ACCOUNT", gateway);
        String trustDomain = env.text("TRUST_DOMAIN", "cluster.local");
        return new Node(
                new GatewayName(placeholder(namespace), placeholder(gateway)),
                identity(trustDomain, placeholder(namespace), placeholder(account)),
                env.text("POD_NAME", gateway),
                env.text("INSTANCE_IP", "1.1.1.1"),
                env.text("NETWORK", ""),
                env.text("ISTIO_META_CLUSTER_ID", env.text("CLUSTER_ID", "Kubernetes")));
    }

    /** What is missing has been noted; the rest is still to be looked at. */
    private static String placeholder(String value) {
        return value.isEmpty() ? "missing" : value;
    }

    private SpiffeId identity(String trustDomain, String namespace, String account) {
        try {
            return SpiffeId.of(trustDomain, namespace, account);
        } catch (IllegalArgumentException e) {
            env.problem("TRUST_DOMAIN", trustDomain, String.valueOf(e.getMessage()));
            return SpiffeId.of("cluster.local", "missing", "missing");
        }
    }

    private Ports ports() {
        return new Ports(
                env.text("AMBIT_BIND_ADDRESS", env.flag("IPV6_ENABLED", true) ? "::" : "0.0.0.0"),
                env.integer("AMBIT_HBONE_PORT", 15008, 1, MAX_PORT),
                env.integer("AMBIT_ADMIN_PORT", 15000, 1, MAX_PORT),
                env.integer("AMBIT_STATS_PORT", 15020, 1, MAX_PORT),
                env.integer("AMBIT_READINESS_PORT", 15021, 1, MAX_PORT));
    }

    private Limits limits() {
        HboneSettings hbone = HboneSettings.defaults();
        UpstreamLimits upstream = UpstreamLimits.DEFAULT;
        ExchangeLimits exchange = ExchangeLimits.DEFAULT;
        IngressLimits ingress = IngressLimits.DEFAULT;
        return new Limits(
                hbone,
                new IngressLimits(
                        ingress.headerBytes(),
                        ingress.headerCount(),
                        env.duration("AMBIT_REQUEST_HEADERS_TIMEOUT", ingress.headerTimeout()),
                        env.integer("AMBIT_HTTP2_STREAMS", ingress.streams(), 1, 10_000),
                        env.duration("AMBIT_CLIENT_IDLE_TIMEOUT", ingress.idleTimeout()),
                        ingress.discardBytes(),
                        ingress.controlFramesPerSecond()),
                new ExchangeLimits(
                        (int) env.bytes("AMBIT_RETRY_BUFFER", exchange.replayBytes(), 0, 1 << 26),
                        (int) env.bytes("AMBIT_MIRROR_BUFFER", exchange.mirrorBytes(), 0, 1 << 26),
                        env.integer("AMBIT_MIRRORS", exchange.mirrors(), 0, 100_000),
                        env.duration("AMBIT_STREAM_IDLE_TIMEOUT", exchange.streamIdle())),
                new UpstreamLimits(
                        env.duration("AMBIT_CONNECT_TIMEOUT", upstream.connectTimeout()),
                        env.duration("AMBIT_UPSTREAM_IDLE_TIMEOUT", upstream.idleTimeout()),
                        upstream.maxIdlePerDestination(),
                        env.integer(
                                "AMBIT_UPSTREAM_CONNECTIONS",
                                upstream.maxConnectionsPerDestination(),
                                1,
                                65_000),
                        upstream.maxStreamsPerConnection(),
                        upstream.maxHeaderBytes()));
    }

    private ProcessOptions process() {
        int processors = Runtime.getRuntime().availableProcessors();
        Map<String, String> metadata = new TreeMap<>(env.withPrefix("ISTIO_META_"));
        return new ProcessOptions(
                env.integer("AMBIT_WORKER_THREADS", processors, 1, 1024),
                drainDeadline(),
                env.duration("SECRET_TTL", Duration.ofHours(24)),
                env.choice("AMBIT_ACCESS_LOG", true, Map.of("text", true, "off", false)),
                env.text("ISTIO_META_ISTIO_VERSION", "unknown"),
                metadata);
    }

    /** As the node proxy: explicit, or a little less than the grace period of the pod. */
    private Duration drainDeadline() {
        int grace = env.integer("TERMINATION_GRACE_PERIOD_SECONDS", 0, 0, 86_400);
        Duration byGrace =
                grace == 0
                        ? Duration.ofSeconds(5)
                        : Duration.ofSeconds(Math.max(1, grace > 10 ? grace - 5 : grace - 1));
        return env.duration("CONNECTION_TERMINATION_DEADLINE", byGrace);
    }
}
