package dev.ambit.ztunnel.policy;

import dev.ambit.policy.state.MeshView;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.socket.OriginalDestination;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.RouteDemand;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One pod on one event loop: all that a connection of it needs. Nothing here is shared with other
 * loops but the mesh state and the metrics.
 */
public record PodLoop(
        EventLoop loop,
        LocalWorkload local,
        PodSockets sockets,
        OriginalDestination originalDestination,
        ConnectionTracker tracker,
        Scope scope) {

    /**
     * What does not depend on the loop.
     *
     * @param preserveSource applications are shown their clients' addresses
     * @param limits on source identities, of all loops of the pod together; null for none
     * @param demand asks for what a route needs, where not everything is subscribed
     * @param egress what the pod may reach outside the mesh
     */
    public record Scope(
            ProxyOptions options,
            boolean preserveSource,
            @Nullable IdentityLimits limits,
            RouteDemand demand,
            EgressGuard egress) {}

    /** A connection was refused before its peers were known. */
    public void refused(
            Reporter reporter,
            InetSocketAddress source,
            InetSocketAddress destination,
            ConnectionFailure failure) {
        tracker.metrics().refused(reporter, local.current(), source, destination, failure);
    }

    /** The mesh as of now. */
    public MeshView mesh() {
        return local.mesh();
    }

    /** Of the process. */
    public ProxyOptions options() {
        return scope.options();
    }
}
