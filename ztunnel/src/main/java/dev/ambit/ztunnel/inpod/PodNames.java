package dev.ambit.ztunnel.inpod;

import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.dns.DnsProxy;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.socket.HostResolver;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.RouteDemand;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How one pod finds names and what it may reach by them: its DNS proxy, if there is one, and its
 * egress guard. Thread-safe.
 */
final class PodNames {

    private final PodProxies shared;
    private final LocalWorkload local;
    private final EgressGuard egress;

    /** Set once it is bound; asked by every loop. */
    private volatile @Nullable DnsProxy proxy;

    PodNames(PodProxies shared, LocalWorkload local) {
        this.shared = shared;
        this.local = local;
        PodProxies.Names names = shared.names();
        this.egress =
                EgressGuard.of(local.info().namespace(), names.egress(), names.egressMetrics());
    }

    EgressGuard egress() {
        return egress;
    }

    RouteDemand demand() {
        return new RouteDemand(shared.names().demand(), local.mesh());
    }

    /** Without a DNS proxy no name has an address. */
    HostResolver resolver() {
        return (hostname, loop, then) -> {
            DnsProxy running = proxy;
            if (running == null) {
                then.accept(null);
            } else {
                running.resolve(hostname, loop, then);
            }
        };
    }

    /** Binds the DNS proxy, on one loop, or goes on with what another process has bound. */
    CompletableFuture<Void> start(PodSockets sockets, Inherited inherited) {
        PodProxies.Names names = shared.names();
        DnsConfig dns = names.dns();
        if (dns == null) {
            return CompletableFuture.completedFuture(null);
        }
        DnsProxy.Parts parts =
                new DnsProxy.Parts(
                        local,
                        names.demand(),
                        egress,
                        names.dnsMetrics(),
                        shared.engine().loops().blocking());
        return DnsProxy.start(
                        shared.engine().loops().nextData(),
                        sockets,
                        dns,
                        parts,
                        (port, datagram) -> inherited.take(port, datagram, 0, 1))
                .thenAccept(started -> proxy = started);
    }

    List<Channel> listeners() {
        DnsProxy running = proxy;
        return running == null ? List.of() : running.listeners();
    }

    CompletableFuture<Void> stop(Pod.Stop how) {
        DnsProxy running = proxy;
        return running == null
                ? CompletableFuture.completedFuture(null)
                : running.stop(how == Pod.Stop.GRACEFUL);
    }
}
