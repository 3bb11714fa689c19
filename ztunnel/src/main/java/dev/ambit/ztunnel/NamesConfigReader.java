package dev.ambit.ztunnel;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.state.AddressDemand;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@link ZtunnelConfig.Names}. */
final class NamesConfigReader {

    private static final String LISTEN = "localhost:15053";

    private final EnvReader env;

    private NamesConfigReader(EnvReader env) {
        this.env = env;
    }

    /**
     * @param metadata of ProxyConfig, where upstream has the DNS proxy's address
     */
    static ZtunnelConfig.Names read(EnvReader env, Map<String, String> metadata) {
        NamesConfigReader reader = new NamesConfigReader(env);
        DnsConfig.Limits usual = DnsConfig.Limits.STANDARD;
        AddressDemand.Limits demand = AddressDemand.Limits.STANDARD;
        return new ZtunnelConfig.Names(
                reader.listen(metadata.getOrDefault("DNS_PROXY_ADDR", LISTEN)),
                env.text("PREFERED_SERVICE_NAMESPACE").orElse(null),
                env.path("AMBIT_RESOLV_CONF").orElse(Path.of("/etc/resolv.conf")),
                env.flag("AMBIT_DNS_POD_RESOLV_CONF", true),
                new DnsConfig.Limits(
                        usual.serverTimeout(),
                        env.integer("AMBIT_DNS_MAX_IN_FLIGHT", usual.inFlight(), 1, 65_535),
                        usual.tcpConnections(),
                        usual.tcpIdle(),
                        reader.stale(usual.stale()),
                        usual.workloadWait()),
                env.flag("XDS_ON_DEMAND", false),
                new AddressDemand.Limits(
                        demand.patience(),
                        env.duration("AMBIT_XDS_ON_DEMAND_IDLE", demand.idle()),
                        env.integer(
                                "AMBIT_XDS_ON_DEMAND_MAX_NAMES", demand.maxNames(), 1, 1_000_000)),
                reader.egress());
    }

    private DnsConfig.Listen listen(String address) {
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 65_536) {
                String host = address.substring(0, colon);
                if (host.equals("localhost")) {
                    return new DnsConfig.Listen(null, port);
                }
                boolean bracketed = host.startsWith("[") && host.endsWith("]");
                IpAddress ip =
                        IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host);
                return new DnsConfig.Listen(new InetSocketAddress(ip.toInetAddress(), port), port);
            }
        } catch (IllegalArgumentException notAnAddress) {
            // Told below.
        }
        env.problem("DNS_PROXY_ADDR", address, "localhost:port or ip:port");
        return DnsConfig.Listen.STANDARD;
    }

    private Duration stale(Duration usual) {
        Duration stale = env.duration("AMBIT_DNS_STALE", usual);
        if (stale.isNegative() || stale.compareTo(Duration.ofSeconds(60)) > 0) {
            env.problem("AMBIT_DNS_STALE", stale.toString(), "0s to 60s");
            return usual;
        }
        return stale;
    }

    private EgressConfig egress() {
        boolean registryOnly =
                env.choice(
                        "AMBIT_OUTBOUND_TRAFFIC_POLICY",
                        false,
                        Map.of("ALLOW_ANY", false, "REGISTRY_ONLY", true));
        List<Cidr> blocks = new ArrayList<>();
        for (String block : list("AMBIT_EGRESS_CIDRS")) {
            try {
                blocks.add(Cidr.parse(block));
            } catch (IllegalArgumentException broken) {
                env.problem("AMBIT_EGRESS_CIDRS", block, "address/length, comma separated");
            }
        }
        List<String> hosts = list("AMBIT_EGRESS_HOSTS");
        for (String host : hosts) {
            if (host.indexOf('*', 1) > 0 || (host.startsWith("*") && !isWildcard(host))) {
                env.problem("AMBIT_EGRESS_HOSTS", host, "a host name, *.domain or *");
            }
        }
        return new EgressConfig(
                registryOnly, Set.copyOf(list("AMBIT_REGISTRY_ONLY_NAMESPACES")), hosts, blocks);
    }

    private static boolean isWildcard(String host) {
        return host.equals("*") || (host.startsWith("*.") && host.length() > 2);
    }

    private List<String> list(String key) {
        return Arrays.stream(env.text(key, "").split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
