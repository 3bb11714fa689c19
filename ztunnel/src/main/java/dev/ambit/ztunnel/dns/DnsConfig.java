package dev.ambit.ztunnel.dns;

import dev.ambit.policy.dns.ClusterNames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How pods' DNS proxies behave.
 *
 * @param listen {@code DNS_PROXY_ADDR}
 * @param cluster how names are built
 * @param nameservers asked, in this order, for what the mesh does not know
 * @param searchDomains of this process, which in dedicated mode are the workload's own; null: each
 *     pod's are looked for
 * @param podResolvConf {@code AMBIT_DNS_POD_RESOLV_CONF}: read a pod's own search domains where one
 *     of its processes can be seen
 * @param limits of each pod
 */
public record DnsConfig(
        Listen listen,
        ClusterNames cluster,
        Supplier<List<InetSocketAddress>> nameservers,
        @Nullable List<String> searchDomains,
        boolean podResolvConf,
        Limits limits) {

    /**
     * @param address null: both loopback addresses, as far as the pod has them
     */
    public record Listen(@Nullable InetSocketAddress address, int port) {
        public static final Listen STANDARD = new Listen(null, 15053);
    }

    /**
     * @param serverTimeout how long one name server is waited for
     * @param inFlight {@code AMBIT_DNS_MAX_IN_FLIGHT}: questions under way at once; more are
     *     refused
     * @param tcpConnections at once
     * @param tcpIdle after which a silent TCP connection is closed
     * @param stale {@code AMBIT_DNS_STALE}: how long past its lifetime an answer may be given again
     *     while no server answers; zero: never
     * @param workloadWait for the mesh state to know the pod
     */
    public record Limits(
            Duration serverTimeout,
            int inFlight,
            int tcpConnections,
            Duration tcpIdle,
            Duration stale,
            Duration workloadWait) {

        /** Reliability M41; the rest as upstream. */
        public static final Limits STANDARD =
                new Limits(
                        Duration.ofSeconds(2),
                        512,
                        128,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(2));
    }
}
