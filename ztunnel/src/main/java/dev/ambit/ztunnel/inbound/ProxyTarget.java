package dev.ambit.ztunnel.inbound;

import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.hbone.ConnectTarget;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a client asked for, as an address: PROXY knows no names (ambient.md 1.22). */
final class ProxyTarget {

    private ProxyTarget() {}

    /**
     * A service's address in our network, of IPv4 if it has one, with the port that was asked for;
     * null if the service has no address at all.
     */
    static @Nullable InetSocketAddress of(
            ConnectTarget target, @Nullable MeshService service, String network) {
        if (target instanceof ConnectTarget.Address(InetSocketAddress address)) {
            return address;
        }
        if (service == null) {
            return null;
        }
        NetworkAddress best = null;
        int bestRank = -1;
        for (NetworkAddress vip : service.vips()) {
            int rank = !vip.network().equals(network) ? 0 : vip.address().isV4() ? 2 : 1;
            if (rank > bestRank) {
                best = vip;
                bestRank = rank;
            }
        }
        return best == null ? null : new IpPort(best.address(), target.port()).toSocketAddress();
    }
}
