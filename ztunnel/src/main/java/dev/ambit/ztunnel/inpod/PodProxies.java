package dev.ambit.ztunnel.inpod;

import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.dns.DnsMetrics;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.egress.EgressMetrics;
import dev.ambit.ztunnel.policy.ProxyOptions;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.OriginalDestination;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.SocketConfig;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts pods' proxies; holds what all of them share.
 *
 * @param state what is known
 * @param engine what runs them
 * @param hbone windows, pool and times
 * @param sockets options of all sockets
 * @param options of all connections
 * @param listening how they listen and end
 * @param names how they find names
 */
public record PodProxies(
        State state,
        Engine engine,
        HboneSettings hbone,
        SocketConfig sockets,
        ProxyOptions options,
        Listening listening,
        Names names)
        implements Pod.Starter {

    /** The mesh, who tells of its changes, the certificates, and whom they no longer let in. */
    public record State(
            MeshView mesh,
            StateSignal signal,
            CertificateRotation certificates,
            SessionCuts cuts) {}

    /**
     * Loops and counters.
     *
     * @param neighbours where pods find each other without a tunnel; null: they do not
     */
    public record Engine(
            EventLoops loops,
            ConnectionMetrics metrics,
            HboneCounters counters,
            @Nullable Neighbours neighbours) {

        /** Every pod is reached through a tunnel. */
        public Engine(EventLoops loops, ConnectionMetrics metrics, HboneCounters counters) {
            this(loops, metrics, counters, null);
        }
    }

    /**
     * @param portReuse one listener per loop and port, and room for the next process; else one loop
     *     has them all
     * @param drainDeadline how long connections may last once the process shall end
     * @param podDrain {@code AMBIT_POD_DRAIN}: how long connections of a pod that ends may last;
     *     zero cuts them at once
     * @param original replaces the kernel's word on where connections meant to go; null in
     *     production
     * @param doors which listeners there are
     */
    public record Listening(
            boolean portReuse,
            Duration drainDeadline,
            Duration podDrain,
            @Nullable OriginalDestination original,
            Doors doors) {

        /** All listeners. */
        public Listening(
                boolean portReuse,
                Duration drainDeadline,
                Duration podDrain,
                @Nullable OriginalDestination original) {
            this(portReuse, drainDeadline, podDrain, original, Doors.ALL);
        }

        private Listening with(Doors others) {
            return new Listening(portReuse, drainDeadline, podDrain, original, others);
        }
    }

    /**
     * @param dns null: no DNS proxy
     * @param demand asks the control plane for what is needed
     * @param egress what may be reached outside the mesh
     */
    public record Names(
            @Nullable DnsConfig dns,
            DnsMetrics dnsMetrics,
            AddressDemand demand,
            EgressConfig egress,
            EgressMetrics egressMetrics) {

        private Names without() {
            return new Names(null, dnsMetrics, demand, egress, egressMetrics);
        }
    }

    /** A pod in its own namespace. */
    @Override
    public CompletableFuture<? extends Pod> start(String uid, WorkloadInfo info, Netns netns) {
        return start(info, netns, Inherited.nothing());
    }

    @Override
    public CompletableFuture<? extends Pod> take(
            String uid, WorkloadInfo info, Netns netns, Inherited listeners) {
        return start(info, netns, listeners);
    }

    /** The one workload whose namespace is our own. */
    public CompletableFuture<PodProxy> startHere(WorkloadInfo info) {
        return startHere(info, Inherited.nothing());
    }

    /** The same, with listeners of another process. */
    CompletableFuture<PodProxy> startHere(WorkloadInfo info, Inherited listeners) {
        return start(info, null, listeners);
    }

    /**
     * The same, but for the pod this process itself runs in, which nobody captures: it takes
     * tunnels to its own ports and does nothing else.
     */
    public PodProxies ours() {
        return new PodProxies(
                state,
                new Engine(engine.loops(), engine.metrics(), engine.counters()),
                hbone,
                sockets.ours(),
                options,
                listening.with(Doors.TUNNELS),
                names.without());
    }

    private CompletableFuture<PodProxy> start(
            WorkloadInfo info, @Nullable Netns netns, Inherited listeners) {
        PodSockets made =
                new PodSockets(netns, engine.loops().transport(), sockets, listening.portReuse());
        LocalWorkload local =
                new LocalWorkload(info, state.mesh(), state.signal(), state.certificates());
        return PodProxy.start(this, local, made, listeners);
    }
}
