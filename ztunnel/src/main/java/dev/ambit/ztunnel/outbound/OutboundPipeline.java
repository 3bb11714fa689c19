package dev.ambit.ztunnel.outbound;

import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.policy.l4.OutboundRouter;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.socket.HopResolver;
import dev.ambit.ztunnel.socket.HostResolver;
import dev.ambit.ztunnel.telemetry.Reporter;
import org.jspecify.annotations.Nullable;

/**
 * The path from an application into the mesh, on one loop of one pod:
 *
 * <ol>
 *   <li>{@link Acceptor} takes what was redirected to 15001, reading off.
 *   <li>{@link OutboundConnection} finds out where it meant to go, and who the pod is.
 *   <li>{@code OutboundRouter} decides, purely, from the mesh state.
 *   <li>{@link OutboundDial} turns the decided route into an {@link Attempt}. {@link PlainAttempt}:
 *       {@code PodSockets} connects. {@link TunnelAttempt}: the {@link HbonePool} opens a tunnel on
 *       this very loop, with the pod's certificate, expecting the destination's identities; {@link
 *       GatewayAttempt} opens another within it, to another network. An endpoint that does not
 *       answer is replaced by another ({@link Failover}): no byte was sent yet.
 *   <li>{@link Relay} couples both legs; its end is recorded once.
 * </ol>
 *
 * A step that fails refuses the connection: the application sees a reset, the access log says why.
 */
public final class OutboundPipeline {

    private final PodLoop pod;
    private final OutboundRouter router;
    private final HbonePool pool;
    private final HopResolver resolver;
    private final GaugeVec.Cell sockets;
    private final @Nullable Neighbours neighbours;
    private final TunnelHeaders headers = new TunnelHeaders();
    private final DerivedWorkloads derived = new DerivedWorkloads();
    private final Ejections ejections;

    /**
     * The path on that loop of that pod.
     *
     * @param neighbours pods to be reached without a tunnel; null: none
     */
    public OutboundPipeline(
            PodLoop pod,
            OutboundRouter router,
            HbonePool pool,
            HopResolver resolver,
            @Nullable Neighbours neighbours) {
        this.pod = pod;
        this.router = router;
        this.pool = pool;
        this.resolver = resolver;
        this.ejections = new Ejections(pod.options().failover().ejection(), System::nanoTime);
        this.neighbours = neighbours;
        this.sockets = pod.tracker().metrics().socketsOpen(Reporter.SOURCE);
    }

    /** Handler of the listener on 15001. */
    public Acceptor acceptor() {
        return new Acceptor(
                "outbound",
                Relay::prepare,
                Acceptor.Admission.OPEN,
                accepted -> {
                    sockets.increment();
                    Relay.whenClosed(accepted, sockets::decrement);
                    new OutboundConnection(this, accepted, pod.originalDestination().of(accepted))
                            .begin();
                },
                cause -> pod.tracker().metrics().acceptFailed("outbound", cause));
    }

    /** Handler of the SOCKS5 listener; from the answer on a connection goes the same path. */
    public Acceptor socksAcceptor(HostResolver names) {
        return new Acceptor(
                "socks5",
                Relay::prepare,
                Acceptor.Admission.OPEN,
                accepted -> {
                    sockets.increment();
                    Relay.whenClosed(accepted, sockets::decrement);
                    new SocksHandler(
                                    names,
                                    (client, target) ->
                                            new OutboundConnection(this, client, target).begin())
                            .begin(accepted);
                },
                cause -> pod.tracker().metrics().acceptFailed("socks5", cause));
    }

    PodLoop pod() {
        return pod;
    }

    OutboundRouter router() {
        return router;
    }

    HbonePool pool() {
        return pool;
    }

    HopResolver resolver() {
        return resolver;
    }

    @Nullable Neighbours neighbours() {
        return neighbours;
    }

    TunnelHeaders headers() {
        return headers;
    }

    DerivedWorkloads derived() {
        return derived;
    }

    Ejections ejections() {
        return ejections;
    }
}
