package dev.ambit.ztunnel;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.revocation.UnknownStatus;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.ztunnel.ZtunnelConfig.CacheOptions;
import dev.ambit.ztunnel.ZtunnelConfig.Control;
import dev.ambit.ztunnel.ZtunnelConfig.LocalState;
import dev.ambit.ztunnel.ZtunnelConfig.Mode;
import dev.ambit.ztunnel.ZtunnelConfig.Pod;
import dev.ambit.ztunnel.ZtunnelConfig.Ports;
import dev.ambit.ztunnel.ZtunnelConfig.ProcessOptions;
import dev.ambit.ztunnel.ZtunnelConfig.Proxy;
import dev.ambit.ztunnel.ZtunnelConfig.Server;
import dev.ambit.ztunnel.ZtunnelConfig.Trust;
import dev.ambit.ztunnel.handover.HandoverConfig;
import dev.ambit.ztunnel.policy.AccessConfig;
import dev.ambit.ztunnel.policy.FailoverConfig;
import dev.ambit.ztunnel.socket.ProxyPorts;
import dev.ambit.ztunnel.socket.SocketConfig;
import dev.ambit.ztunnel.socket.SocketConfig.KeepaliveConfig;
import dev.ambit.ztunnel.state.NodeConfig;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link ZtunnelConfig}. Every mistake is collected in the {@link EnvReader}, so that a user
 * sees all of them at once. What this build lacks is refused or warned of by name, never ignored.
 */
final class ZtunnelConfigReader {

    private static final String ROOT_CERT = "./var/run/secrets/istio/root-cert.pem";
    private static final String TOKEN = "./var/run/secrets/tokens/istio-token";
    private static final Path LOOPBACK6_OFF = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

    private final EnvReader env;
    private final ProxyConfigFile file;

    private ZtunnelConfigReader(EnvReader env, ProxyConfigFile file) {
        this.env = env;
        this.file = file;
    }

    /** Reads everything; throws the reader's exception with all problems. */
    static ZtunnelConfig read(EnvReader env, Path meshConfig, String arguments) {
        ProxyConfigFile file = ProxyConfigFile.EMPTY;
        try {
            file =
                    ProxyConfigFile.ofMeshConfig(meshConfig)
                            .merge(ProxyConfigFile.ofText(env.text("PROXY_CONFIG", "")))
                            .withVariables(env.withPrefix(ProxyConfigFile.META_PREFIX));
        } catch (IllegalArgumentException broken) {
            env.problem(
                    "PROXY_CONFIG", String.valueOf(broken.getMessage()), "a ProxyConfig in YAML");
        }
        ZtunnelConfigReader reader = new ZtunnelConfigReader(env, file);
        ZtunnelConfig config = reader.config(arguments);
        reader.refuseWhatIsMissing(config);
        env.finish();
        return config;
    }

    private ZtunnelConfig config(String arguments) {
        Mode mode = mode();
        boolean ipv6 = env.flag("IPV6_ENABLED", true);
        String cluster = env.text("ISTIO_META_CLUSTER_ID", env.text("CLUSTER_ID", "Kubernetes"));
        NodeConfig node =
                new NodeConfig(
                        env.text("NETWORK", ""),
                        env.text("NODE_NAME").orElse(null),
                        cluster,
                        env.text("CLUSTER_DOMAIN", "cluster.local"));
        Ports ports =
                new Ports(
                        file.adminPort() == null ? 15000 : file.adminPort(),
                        file.statsPort() == null ? 15020 : file.statsPort(),
                        15021,
                        env.flag("UNSTABLE_ENABLE_SOCKS5", false)
                                ? ProxyPorts.WITH_SOCKS
                                : ProxyPorts.STANDARD,
                        ipv6 && loopback6());
        Proxy proxy =
                new Proxy(
                        env.flag("ENABLE_PROXY", true),
                        env.flag("ENABLE_RESPONSE_BAGGAGE", true),
                        env.flag("LOCALHOST_APP_TUNNEL", true),
                        env.flag("AUTHZ_POLICY_INFO_LOGGING", false),
                        failover(),
                        sockets(mode, ipv6),
                        hbone(),
                        AccessConfig.from(env),
                        env.flag("AMBIT_SAME_NODE_SHORTCUT", false));
        return new ZtunnelConfig(
                mode,
                node,
                control(),
                proxy,
                ports,
                NamesConfigReader.read(env, file.metadata()),
                process(arguments),
                TelemetryConfig.read(env));
    }

    private Mode mode() {
        Map<String, Boolean> modes = Map.of("shared", true, "dedicated", false);
        if (env.choice("PROXY_MODE", true, modes)) {
            Path uds = Path.of(env.text("INPOD_UDS", "/var/run/ztunnel/ztunnel.sock"));
            return new Mode.Shared(uds, env.flag("INPOD_PORT_REUSE", true));
        }
        String info = env.text("PROXY_WORKLOAD_INFO", "");
        try {
            return new Mode.Dedicated(WorkloadInfo.parse(info));
        } catch (IllegalArgumentException bad) {
            env.problem(
                    "PROXY_WORKLOAD_INFO",
                    info,
                    "namespace/name/service-account in PROXY_MODE=dedicated");
            return new Mode.Dedicated(new WorkloadInfo("", "", ""));
        }
    }

    private SocketConfig sockets(Mode mode, boolean ipv6) {
        Duration time = env.duration("KEEPALIVE_TIME", Duration.ofMinutes(3));
        Duration interval = env.duration("KEEPALIVE_INTERVAL", Duration.ofMinutes(3));
        int retries = env.integer("KEEPALIVE_RETRIES", 9, 1, 127);
        boolean keepalive = env.flag("KEEPALIVE_ENABLED", true);
        boolean userTimeout = env.flag("USER_TIMEOUT_ENABLED", false);
        boolean marked = mode instanceof Mode.Shared || env.text("PACKET_MARK").isPresent();
        return new SocketConfig(
                marked
                        ? env.integer("PACKET_MARK", SocketConfig.MESH_MARK, 0, Integer.MAX_VALUE)
                        : null,
                env.text("ENABLE_ORIG_SRC").isPresent() ? env.flag("ENABLE_ORIG_SRC", true) : null,
                ipv6,
                keepalive ? new KeepaliveConfig(time, interval, retries) : null,
                userTimeout ? time.plus(interval.multipliedBy(retries)) : null,
                Duration.ofSeconds(10),
                null);
    }

    private FailoverConfig failover() {
        FailoverConfig usual = FailoverConfig.DEFAULT;
        return new FailoverConfig(
                env.integer("AMBIT_CONNECT_ENDPOINTS", usual.endpoints(), 1, 10),
                env.duration("AMBIT_CONNECT_TRY_TIMEOUT", usual.patience()),
                env.duration("AMBIT_CONNECT_TOTAL_TIMEOUT", usual.total()),
                env.duration("AMBIT_ENDPOINT_EJECTION", usual.ejection()));
    }

    private HboneSettings hbone() {
        HboneSettings defaults = HboneSettings.defaults();
        // RFC 9113: windows up to 2^31-1, frames from 16 KiB to 16 MiB - 1.
        int window = Integer.MAX_VALUE;
        return new HboneSettings(
                env.integer("HTTP2_STREAM_WINDOW_SIZE", defaults.streamWindow(), 65_535, window),
                env.integer(
                        "HTTP2_CONNECTION_WINDOW_SIZE",
                        defaults.connectionWindow(),
                        65_535,
                        window),
                env.integer("HTTP2_FRAME_SIZE", defaults.maxFrameSize(), 16_384, (1 << 24) - 1),
                defaults.maxStreams(),
                env.integer("POOL_MAX_STREAMS_PER_CONNECTION", defaults.poolStreams(), 1, 65_535),
                env.duration("POOL_UNUSED_RELEASE_TIMEOUT", defaults.poolIdle()),
                defaults.connectTimeout(),
                defaults.handshakeTimeout(),
                defaults.prefaceTimeout(),
                defaults.pingInterval(),
                defaults.pingTimeout(),
                defaults.limits());
    }

    private RotationConfig rotation() {
        RotationConfig usual = RotationConfig.DEFAULT;
        Duration ttl = env.duration("SECRET_TTL", usual.ttl());
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
            env.problem("SECRET_TTL", ttl.toString(), ">= 1s");
            return usual;
        }
        return new RotationConfig(ttl, usual.concurrency(), TlsPolicy.from(env));
    }

    private Control control() {
        String istiod =
                env.text("KUBERNETES_SERVICE_HOST").isPresent()
                        ? "https://istiod.istio-system.svc:15012"
                        : "https://localhost:15012";
        String discovered = file.discoveryAddress() == null ? istiod : file.discoveryAddress();
        // An empty XDS_ADDRESS is a choice: no xDS.
        String xds = env.raw("XDS_ADDRESS").orElse(discovered);
        boolean fakeCa = env.flag("FAKE_CA", false);
        String ca = env.raw("CA_ADDRESS").orElse(istiod);
        if (!fakeCa && ca.isEmpty()) {
            env.problem("CA_ADDRESS", "", "an address; without a CA no connection is possible");
        }
        return new Control(
                xds.isEmpty() ? null : server("XDS", xds),
                fakeCa || ca.isEmpty() ? null : server("CA", ca),
                token(),
                rotation(),
                localState(),
                stateCache(),
                new Pod(
                        env.text("POD_NAME", ""),
                        env.text("POD_NAMESPACE", ""),
                        env.text("SERVICE_ACCOUNT").orElse(null),
                        env.text("INSTANCE_IP", "1.1.1.1"),
                        env.text("TRUST_DOMAIN", "cluster.local")),
                trust());
    }

    private Trust trust() {
        return new Trust(
                env.text("CRL_PATH").filter(path -> !path.isEmpty()).map(Path::of).orElse(null),
                env.choice(
                        "AMBIT_CRL_UNKNOWN",
                        UnknownStatus.ALLOW,
                        Map.of("allow", UnknownStatus.ALLOW, "deny", UnknownStatus.DENY)),
                env.flag("AMBIT_CLOSE_ON_EXPIRY", false));
    }

    private Server server(String role, String address) {
        String withScheme = address.contains("://") ? address : "https://" + address;
        try {
            if (new URI(withScheme).getHost() == null) {
                env.problem(role + "_ADDRESS", address, "https://host:port");
            }
        } catch (URISyntaxException bad) {
            env.problem(role + "_ADDRESS", address, "https://host:port");
        }
        return new Server(
                withScheme,
                env.text(role + "_ROOT_CA", ROOT_CERT),
                env.text("ALT_" + role + "_HOSTNAME").orElse(null),
                env.withPrefix(role + "_HEADER_"));
    }

    private @Nullable String token() {
        Optional<String> token = env.text("AUTH_TOKEN");
        return token.orElse(Files.exists(Path.of(TOKEN)) ? TOKEN : null);
    }

    private @Nullable LocalState localState() {
        Optional<String> path = env.text("LOCAL_XDS_PATH");
        Optional<String> text = env.text("LOCAL_XDS");
        if (path.isPresent() && text.isPresent()) {
            env.problem("LOCAL_XDS", "both LOCAL_XDS and LOCAL_XDS_PATH", "only one of them");
        }
        if (path.isPresent()) {
            return new LocalState(Path.of(path.get()), null);
        }
        return text.isPresent() ? new LocalState(null, text.get()) : null;
    }

    private @Nullable CacheOptions stateCache() {
        Duration age = env.duration("AMBIT_STATE_CACHE_MAX_AGE", Duration.ofHours(24));
        Duration wait = env.duration("AMBIT_STATE_CACHE_WAIT", Duration.ofSeconds(2));
        return env.path("AMBIT_STATE_CACHE")
                .map(directory -> new CacheOptions(directory, age, wait))
                .orElse(null);
    }

    private ProcessOptions process(String arguments) {
        int threads = 1;
        try {
            threads =
                    new WorkerThreads(
                                    env.text("ZTUNNEL_WORKER_THREADS").orElse(null),
                                    file.concurrency(),
                                    env.text("ZTUNNEL_CPU_LIMIT").orElse(null),
                                    env.text("ZTUNNEL_RESOURCE_CPU_LIMIT").orElse(null),
                                    env.text("ZTUNNEL_RESOURCE_CPU_REQUEST").orElse(null),
                                    Runtime.getRuntime().availableProcessors())
                            .count();
        } catch (IllegalArgumentException bad) {
            String[] parts = String.valueOf(bad.getMessage()).split(": ", 2);
            env.problem(parts[0], parts[parts.length - 1], "see there");
        }
        String capture = file.metadata().getOrDefault("DNS_CAPTURE", "true");
        return new ProcessOptions(
                threads,
                drainDeadline(),
                env.duration("AMBIT_POD_DRAIN", Duration.ofSeconds(5)),
                file.metadata(),
                env.withPrefix("ISTIO_METAJSON_"),
                capture.toLowerCase(Locale.ROOT).equals("true"),
                arguments,
                handover());
    }

    private @Nullable HandoverConfig handover() {
        String path = env.text("AMBIT_HANDOVER", "");
        Duration linger = env.duration("AMBIT_HANDOVER_LINGER", drainDeadline());
        if (path.isEmpty()) {
            return null;
        }
        if (!(mode() instanceof Mode.Shared)) {
            env.problem("AMBIT_HANDOVER", path, "unset in PROXY_MODE=dedicated");
        }
        if (!path.startsWith("/") || path.length() > 107) {
            env.problem("AMBIT_HANDOVER", path, "an absolute path of at most 107 bytes");
        }
        return new HandoverConfig(Path.of(path), linger, "ambit 0.1.0");
    }

    /** A little less than the pod's grace period, so that what remains is closed and not killed. */
    private Duration drainDeadline() {
        if (env.text("CONNECTION_TERMINATION_DEADLINE").isPresent()
                || env.text("TERMINATION_GRACE_PERIOD_SECONDS").isEmpty()) {
            return env.duration("CONNECTION_TERMINATION_DEADLINE", Duration.ofSeconds(5));
        }
        int grace = env.integer("TERMINATION_GRACE_PERIOD_SECONDS", 30, 0, 86_400);
        return Duration.ofSeconds(Math.max(1, grace > 10 ? grace - 5 : grace - 1));
    }

    private void refuseWhatIsMissing(ZtunnelConfig config) {
        if (!config.proxy().enabled() && !config.process().dnsCapture()) {
            env.problem(
                    "ENABLE_PROXY", "false", "true, or DNS_CAPTURE: else there is nothing to do");
        }
        if (!config.hasState()) {
            env.problem(
                    "XDS_ADDRESS",
                    "",
                    "an address, or LOCAL_XDS_PATH; there is no other source of state");
        }
    }

    private static boolean loopback6() {
        try {
            return Files.readString(LOOPBACK6_OFF).strip().equals("0");
        } catch (IOException noIpv6) {
            return false;
        }
    }
}
