package dev.ambit.ztunnel;

import dev.ambit.policy.dns.ClusterNames;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.dns.SystemNameservers;
import java.util.List;

/** What the DNS proxy is told: the process's configuration and its resolv.conf. */
final class DnsSetup {

    private DnsSetup() {}

    static DnsConfig of(ZtunnelConfig config, EventLoops loops) {
        ZtunnelConfig.Names names = config.names();
        SystemNameservers system = new SystemNameservers(names.resolvConf(), loops.blocking());
        boolean dedicated = config.mode() instanceof ZtunnelConfig.Mode.Dedicated;
        List<String> own = system.searchDomains();
        return new DnsConfig(
                names.dnsListen(),
                new ClusterNames(
                        config.node().clusterDomain(),
                        names.preferredNamespace(),
                        config.proxy().sockets().ipv6()),
                system,
                dedicated && !own.isEmpty() ? own : null,
                names.podResolvConf(),
                names.dnsLimits());
    }
}
