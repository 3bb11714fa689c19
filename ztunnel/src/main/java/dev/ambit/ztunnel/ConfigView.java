package dev.ambit.ztunnel;

import dev.ambit.api.IpPort;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.policy.AccessConfig;
import dev.ambit.ztunnel.socket.SocketConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration as {@code /config_dump} and the first log line show it, with the
 * names and JSON types Kiali and istioctl decode (ecosystem.md 2.3). The token never appears.
 */
final class ConfigView {

    private ConfigView() {}

    static Map<String, @Nullable Object> of(ZtunnelConfig config) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        HboneSettings hbone = config.proxy().hbone();
        view.put("proxy", config.proxy().enabled());
        view.put("dnsProxy", config.process().dnsCapture());
        view.put("windowSize", hbone.streamWindow());
        view.put("connectionWindowSize", hbone.connectionWindow());
        view.put("frameSize", hbone.maxFrameSize());
        view.put("poolMaxStreamsPerConn", hbone.poolStreams());
        view.put("poolUnusedReleaseTimeout", duration(hbone.poolIdle()));
        int socks = config.ports().pod().socks();
        view.put("socks5Addr", socks == 0 ? null : "127.0.0.1:" + socks);
        addresses(view, config);
        node(view, config);
        control(view, config.control());
        view.put("xdsOnDemand", config.names().onDemand());
        process(view, config);
        sockets(view, config.proxy().sockets());
        view.put("localhostAppTunnel", config.proxy().localhostAppTunnel());
        view.put("ipv6Enabled", config.proxy().sockets().ipv6());
        Path lists = config.control().trust().lists();
        view.put("crlPath", lists == null ? null : lists.toString());
        view.put("enableEnhancedBaggage", config.proxy().responseBaggage());
        AccessConfig access = config.proxy().access();
        view.put("unknownPolicy", access.unknownPolicy().name().toLowerCase(Locale.ROOT));
        view.put("maxConnectionsPerIdentity", access.connectionsPerIdentity());
        view.put("maxConnectionRatePerIdentity", access.connectionRatePerIdentity());
        return view;
    }

    private static void addresses(Map<String, @Nullable Object> view, ZtunnelConfig config) {
        String any = config.proxy().sockets().ipv6() ? "[::]:" : "0.0.0.0:";
        ZtunnelConfig.Ports ports = config.ports();
        view.put("adminAddr", Map.of("Localhost", List.of(ports.loopback6(), ports.admin())));
        view.put("statsAddr", Map.of("SocketAddr", any + ports.stats()));
        view.put("readinessAddr", Map.of("SocketAddr", any + ports.readiness()));
        view.put("inboundAddr", any + ports.pod().hbone());
        view.put("inboundPlaintextAddr", any + ports.pod().inboundPlaintext());
        view.put("outboundAddr", any + ports.pod().outbound());
        DnsConfig.Listen dns = config.names().dnsListen();
        view.put(
                "dnsProxyAddr",
                dns.address() == null
                        ? Map.of("Localhost", List.of(ports.loopback6(), dns.port()))
                        : Map.of("SocketAddr", IpPort.of(dns.address()).toString()));
        view.put("illegalPorts", ports.pod().illegal().stream().sorted().toList());
    }

    private static void node(Map<String, @Nullable Object> view, ZtunnelConfig config) {
        view.put("network", config.node().network());
        view.put("localNode", config.node().localNode());
        switch (config.mode()) {
            case ZtunnelConfig.Mode.Shared shared -> {
                view.put("proxyMode", "Shared");
                view.put("inpodUds", shared.nodeAgent().toString());
                view.put("inpodPortReuse", shared.portReuse());
                view.put("proxyWorkloadInformation", null);
            }
            case ZtunnelConfig.Mode.Dedicated dedicated -> {
                view.put("proxyMode", "Dedicated");
                view.put(
                        "proxyWorkloadInformation",
                        Map.of(
                                "name", dedicated.workload().name(),
                                "namespace", dedicated.workload().namespace(),
                                "serviceAccount", dedicated.workload().serviceAccount()));
            }
        }
        view.put("clusterId", config.node().clusterId());
        view.put("clusterDomain", config.node().clusterDomain());
    }

    private static void control(Map<String, @Nullable Object> view, ZtunnelConfig.Control control) {
        ZtunnelConfig.Server ca = control.ca();
        ZtunnelConfig.Server xds = control.xds();
        view.put("caAddress", ca == null ? null : ca.address());
        view.put("caRootCert", ca == null ? null : rootCert(ca.rootCert()));
        view.put("altCaHostname", ca == null ? null : ca.altHostname());
        view.put("xdsAddress", xds == null ? null : xds.address());
        view.put("xdsRootCert", xds == null ? null : rootCert(xds.rootCert()));
        view.put(
                "caHeaders",
                ca == null ? List.of() : ca.headers().keySet().stream().sorted().toList());
        view.put(
                "xdsHeaders",
                xds == null ? List.of() : xds.headers().keySet().stream().sorted().toList());
        view.put("altXdsHostname", xds == null ? null : xds.altHostname());
        view.put("secretTtl", duration(control.rotation().ttl()));
        view.put("fakeCa", ca == null);
        view.put("auth", control.token() == null ? "none" : "<masked>");
    }

    private static Object rootCert(String rootCert) {
        if (rootCert.equals("SYSTEM")) {
            return "Default";
        }
        return Files.exists(Path.of(rootCert))
                ? Map.of("File", rootCert)
                : Map.of("Static", "<inline>");
    }

    private static void process(Map<String, @Nullable Object> view, ZtunnelConfig config) {
        ZtunnelConfig.ProcessOptions process = config.process();
        view.put("selfTerminationDeadline", duration(process.drainDeadline()));
        view.put("proxyMetadata", new TreeMap<>(process.metadata()));
        view.put("numWorkerThreads", process.workerThreads());
        view.put("proxyArgs", process.arguments());
    }

    private static void sockets(Map<String, @Nullable Object> view, SocketConfig sockets) {
        view.put("requireOriginalSource", sockets.originalSource());
        view.put("packetMark", sockets.packetMark());
        SocketConfig.KeepaliveConfig keepalive = sockets.keepalive();
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("keepaliveEnabled", keepalive != null);
        if (keepalive != null) {
            options.put("keepaliveTime", duration(keepalive.time()));
            options.put("keepaliveInterval", duration(keepalive.interval()));
            options.put("keepaliveRetries", keepalive.retries());
        }
        options.put("userTimeoutEnabled", sockets.userTimeout() != null);
        view.put("socketConfig", options);
    }

    /** As Rust serializes one. */
    private static Map<String, Object> duration(Duration duration) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("secs", duration.toSeconds());
        parts.put("nanos", duration.toNanosPart());
        return parts;
    }

    /** {@code version} of the dump, with upstream's keys. */
    static Map<String, String> version(ZtunnelConfig config) {
        return Map.of(
                "version", "0.1.0",
                "gitRevision", "unknown",
                "rustVersion", "none: Java " + Runtime.version(),
                "buildProfile", "release",
                "buildStatus", "unknown",
                "istioVersion", config.process().istioVersion(),
                "cryptoProvider", "boringssl");
    }
}
