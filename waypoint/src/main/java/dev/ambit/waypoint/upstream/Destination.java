package dev.ambit.waypoint.upstream;

import dev.ambit.identity.SpiffeId;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where bytes for one endpoint go. Two requests may share a connection exactly when their
 * destinations are equal, so everything that makes connections differ is in here.
 *
 * @param address the endpoint's own address and port
 * @param tunnel the way through the mesh, or null for plain TCP to an endpoint outside of it
 */
public record Destination(InetSocketAddress address, @Nullable Tunnel tunnel) {

    /**
     * An HBONE tunnel to the endpoint's ztunnel.
     *
     * @param proxy address of the ztunnel's HBONE port
     * @param expected identities the far side may have, in order
     * @param workloadUid the workload at the end
     * @param host service for which the tunnel is opened; the far side labels its metrics with it
     */
    public record Tunnel(
            InetSocketAddress proxy, List<SpiffeId> expected, String workloadUid, String host) {

        public Tunnel {
            expected = List.copyOf(expected);
        }
    }
}
