package dev.ambit.ztunnel.inbound;

import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.server.HboneServer;
import dev.ambit.hbone.server.HboneServerEvents;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.identity.tls.LocalHandshake;
import dev.ambit.policy.l4.InboundRouter;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.shortcut.NearConnect;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The path from the mesh to an application, on one loop of one pod. Tunnels:
 *
 * <ol>
 *   <li>{@link Acceptor} takes what arrives at 15008.
 *   <li>{@link HboneServer}: TLS with the pod's certificate, the peer's identity, HTTP/2.
 *   <li>{@link InboundTunnel}, one per CONNECT: which application ({@code InboundRouter}), whether
 *       it may ({@code L4Authorizer}), connect to it from the client's address, only then 200.
 *   <li>{@code ConnectionTracker} asks again when policies change; {@link Relay} couples both legs.
 * </ol>
 *
 * Plain TCP, redirected to 15006, takes the same steps without identity: {@link
 * PassthroughConnection}.
 */
public final class InboundPipeline implements Neighbours.Entrance {

    private static final Log LOG = Log.get("proxy::inbound");

    /** Connections of one pod and loop that wait for its certificate; more are refused. */
    private static final int MOST_WAITING = 1024;

    private final PodLoop pod;
    private final InboundRouter router;
    private final HboneServer server;
    private final GaugeVec.Cell sockets;
    private int waiting;

    /** The path on that loop of that pod. */
    public InboundPipeline(
            PodLoop pod, InboundRouter router, HboneSettings settings, HboneCounters counters) {
        this.pod = pod;
        this.router = router;
        this.sockets = pod.tracker().metrics().socketsOpen(Reporter.DESTINATION);
        this.server =
                new HboneServer(
                        new HboneServer.Parts(
                                settings,
                                counters,
                                pod.local()::serverContexts,
                                this::connect,
                                new Refusals()));
    }

    /** Handler of the listener on 15008. */
    public Acceptor hboneAcceptor() {
        return new Acceptor(
                "inbound",
                accepted -> accepted.pipeline().addLast(server.childHandler()),
                this::whenCertified,
                this::counted,
                cause -> pod.tracker().metrics().acceptFailed("inbound", cause));
    }

    /**
     * A pod's first peers may be faster than its certificate: they wait for it, bounded. Without it
     * they go on too, into a handshake that is refused and logged.
     */
    private void whenCertified(Runnable goOn) {
        if (pod.local().isCertified() || waiting >= MOST_WAITING) {
            goOn.run();
            return;
        }
        waiting++;
        pod.local()
                .whenCertified(
                        pod.loop(),
                        state -> {
                            waiting--;
                            goOn.run();
                        });
    }

    /** Handler of the listener on 15006. */
    public Acceptor plaintextAcceptor() {
        return new Acceptor(
                "inbound passthrough",
                Relay::prepare,
                Acceptor.Admission.OPEN,
                accepted -> {
                    counted(accepted);
                    new PassthroughConnection(this, accepted).begin();
                },
                cause -> pod.tracker().metrics().acceptFailed("inbound passthrough", cause));
    }

    private void connect(InboundConnect connect) {
        new InboundTunnel(this, connect).begin();
    }

    @Override
    public void connect(NearConnect connect) {
        new InboundTunnel(this, connect).begin();
    }

    @Override
    public void refused(
            InetSocketAddress remote, InetSocketAddress local, LocalHandshake.Refused why) {
        pod.refused(
                Reporter.DESTINATION,
                remote,
                local,
                why.what() == LocalHandshake.Fault.REVOKED
                        ? ConnectionFailure.revoked(why.reason())
                        : ConnectionFailure.tls(why.reason()));
    }

    @Override
    public boolean owns(InetAddress address) {
        return pod.sockets().owns(address);
    }

    /** The tunnels' end, to drain or close it. */
    public HboneServer server() {
        return server;
    }

    PodLoop pod() {
        return pod;
    }

    InboundRouter router() {
        return router;
    }

    private void counted(SocketChannel accepted) {
        sockets.increment();
        Relay.whenClosed(accepted, sockets::decrement);
    }

    /** What fails before a CONNECT is there. */
    private final class Refusals implements HboneServerEvents {
        @Override
        public void handshakeFailed(
                InetSocketAddress remote, InetSocketAddress local, String reason) {
            pod.refused(Reporter.DESTINATION, remote, local, ConnectionFailure.tls(reason));
        }

        @Override
        public void peerRevoked(InetSocketAddress remote, InetSocketAddress local, String reason) {
            pod.refused(Reporter.DESTINATION, remote, local, ConnectionFailure.revoked(reason));
        }

        @Override
        public void requestRefused(
                InetSocketAddress remote, InetSocketAddress local, int status, String reason) {
            pod.refused(Reporter.DESTINATION, remote, local, ConnectionFailure.connect(reason));
        }

        @Override
        public void connectionFailed(
                InetSocketAddress remote, InetSocketAddress local, String reason) {
            LOG.debug("HBONE connection failed", "peer", remote, "local", local, "error", reason);
        }

        @Override
        public void limitReached(InetSocketAddress remote, InetSocketAddress local, Limit limit) {
            LOG.warn("HBONE limit reached", "peer", remote, "local", local, "limit", limit.name());
        }
    }
}
