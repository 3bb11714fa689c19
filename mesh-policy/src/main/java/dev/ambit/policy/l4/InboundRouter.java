package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import java.util.Set;

/**
 * Which application a tunnel reaches that arrives for a workload of this node (ambient.md 1.11).
 */
@SuppressWarnings("DoNotCallSuggester")
public final class InboundRouter {

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     */
    public InboundRouter(String network, Set<Integer> illegalPorts) {}

    /**
     * @param arrivedAt the address the tunnel's TCP connection was made to
     * @param authority of the CONNECT: {@code ip:port} or {@code hostname:port}
     */
    public InboundRoute route(Workload local, IpPort arrivedAt, String authority, MeshView mesh) {
        throw new UnsupportedOperationException("not built yet");
    }
}
