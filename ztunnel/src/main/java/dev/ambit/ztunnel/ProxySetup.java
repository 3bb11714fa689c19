package dev.ambit.ztunnel;

import dev.ambit.hbone.HboneCounters;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.dns.DnsMetrics;
import dev.ambit.ztunnel.egress.EgressMetrics;
import dev.ambit.ztunnel.inpod.Doors;
import dev.ambit.ztunnel.inpod.PodProxies;
import dev.ambit.ztunnel.policy.AccessConfig;
import dev.ambit.ztunnel.policy.IdentityLimits;
import dev.ambit.ztunnel.policy.ProxyOptions;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;

/** What all pods' proxies share, from the configuration. */
final class ProxySetup {

    private ProxySetup() {}

    static PodProxies of(
            ZtunnelConfig config,
            EventLoops loops,
            MetricsRegistry metrics,
            PodProxies.State state,
            ConnectionMetrics connections,
            AddressDemand demand) {
        HboneCounters counters = new HboneCounters();
        counters.register(metrics);
        ZtunnelConfig.Proxy proxy = config.proxy();
        // Any two pods meet on a loop of another process too where each is on all loops.
        boolean movable = loops.data().size() == 1 || portReuse(config);
        Neighbours neighbours = proxy.sameNodeShortcut() ? new Neighbours(movable) : null;
        return new PodProxies(
                state,
                new PodProxies.Engine(loops, connections, counters, neighbours),
                proxy.hbone(),
                proxy.sockets(),
                options(config, metrics),
                listening(config),
                new PodProxies.Names(
                        config.process().dnsCapture() ? DnsSetup.of(config, loops) : null,
                        new DnsMetrics(metrics),
                        demand,
                        config.names().egress(),
                        new EgressMetrics(metrics)));
    }

    private static ProxyOptions options(ZtunnelConfig config, MetricsRegistry metrics) {
        ZtunnelConfig.Proxy proxy = config.proxy();
        return new ProxyOptions(
                config.node().network(),
                config.ports().pod(),
                proxy.responseBaggage(),
                proxy.localhostAppTunnel(),
                proxy.policyInfoLogging(),
                limits(proxy.access(), metrics),
                proxy.failover());
    }

    private static IdentityLimits.Rules limits(AccessConfig access, MetricsRegistry metrics) {
        return access.limitsIdentities()
                ? new IdentityLimits.Rules(
                        access.connectionsPerIdentity(),
                        access.connectionRatePerIdentity(),
                        IdentityLimits.counter(metrics))
                : IdentityLimits.Rules.OFF;
    }

    private static PodProxies.Listening listening(ZtunnelConfig config) {
        return new PodProxies.Listening(
                portReuse(config),
                config.process().drainDeadline(),
                config.process().podDrain(),
                null,
                config.proxy().enabled() ? Doors.ALL : Doors.NAMES);
    }

    private static boolean portReuse(ZtunnelConfig config) {
        return config.mode() instanceof ZtunnelConfig.Mode.Shared shared && shared.portReuse();
    }
}
