package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Where a connection goes that an application of this node opens (ambient.md 1.10). */
@SuppressWarnings("DoNotCallSuggester")
public final class OutboundRouter {

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     */
    public OutboundRouter(String network, Set<Integer> illegalPorts) {}

    public OutboundRoute route(
            Workload source, IpPort destination, MeshView mesh, RandomGenerator random) {
        throw new UnsupportedOperationException("not built yet");
    }
}
