package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.Hop;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.telemetry.AccessLog;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose route is decided, until it is relayed or refused: finds the address, records
 * and tracks the connection, and carries out the attempt. On its loop.
 */
final class OutboundDial implements Attempt.Outcome {

    private final OutboundPipeline pipeline;
    private final PodLoop pod;
    private final Caller caller;
    private @Nullable TrackedConnection tracked;
    private @Nullable Attempt attempt;

    OutboundDial(OutboundPipeline pipeline, Caller caller) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.caller = caller;
    }

    /** The one place where a decided route becomes an attempt. */
    void begin(OutboundRoute route) {
        switch (route) {
            case OutboundRoute.Passthrough p -> plain(new Hop.At(p.target()), null, p.service());
            case OutboundRoute.Direct d -> plain(d.hop(), d.upstream(), d.service());
            case OutboundRoute.Tunnel t ->
                    tunnel(
                            t.hop(),
                            new Tunnelled(
                                    t.authority(), t.expected(), t.upstream(), name(t.service())));
            case OutboundRoute.ViaWaypoint w ->
                    tunnel(
                            w.hop(),
                            new Tunnelled(
                                    w.authority(), w.expected(), w.waypoint(), name(w.service())));
            case OutboundRoute.Refused r -> refuse(ConnectionFailure.connect(r.reason()));
        }
    }

    private void plain(Hop hop, @Nullable Workload upstream, @Nullable MeshService service) {
        resolved(
                hop,
                upstream,
                address -> {
                    Peers peers =
                            new Peers(
                                    Reporter.SOURCE,
                                    caller.source(),
                                    null,
                                    upstream,
                                    name(service),
                                    false);
                    attempt(peers, address, null, new PlainAttempt(pod, address));
                });
    }

    private void tunnel(Hop hop, Tunnelled asked) {
        resolved(
                hop,
                asked.upstream(),
                address -> {
                    Tunnelled tunnel = asked.resolved(hop, address);
                    Peers peers =
                            new Peers(
                                    Reporter.SOURCE,
                                    caller.source(),
                                    new Peers.Claim(caller.source().identity(), Baggage.NONE),
                                    tunnel.upstream(),
                                    tunnel.service(),
                                    true);
                    attempt(
                            peers,
                            address,
                            tunnel.hboneTarget(),
                            new TunnelAttempt(pipeline, caller, tunnel, address));
                });
    }

    private void attempt(
            Peers peers,
            InetSocketAddress actual,
            @Nullable InetSocketAddress hboneTarget,
            Attempt next) {
        ConnectionRecord record =
                ConnectionRecord.open(
                        pod.tracker().metrics(),
                        peers,
                        new ConnectionRecord.Addressing(caller.client(), actual, hboneTarget),
                        caller.startNanos());
        Route route =
                new Route(caller.client(), caller.target(), actual, hboneTarget != null, null);
        tracked = pod.tracker().track(route, record, this::abort);
        attempt = next;
        next.begin(this);
    }

    @Override
    public void reached(Attempt.FarEnd end) {
        attempt = null;
        TrackedConnection connection = tracked;
        if (connection == null || connection.isEnded()) {
            end.drop();
        } else {
            end.couple(caller.application(), connection);
        }
    }

    @Override
    public void failed(ConnectionFailure failure, boolean elsewhere) {
        attempt = null;
        TrackedConnection connection = tracked;
        if (connection != null) {
            connection.finish(failure);
        }
        Sockets.reset(caller.application());
    }

    /** Cut from outside while it is not yet relayed. */
    private void abort() {
        Attempt underWay = attempt;
        if (underWay != null) {
            attempt = null;
            underWay.abandon();
        }
        Sockets.reset(caller.application());
    }

    private void resolved(Hop hop, @Nullable Workload upstream, Consumer<InetSocketAddress> then) {
        pipeline.resolver()
                .resolve(
                        hop,
                        pod.loop(),
                        address -> {
                            if (address == null) {
                                String uid = upstream == null ? "" : upstream.uid();
                                refuse(
                                        ConnectionFailure.connect(
                                                "no ip addresses were resolved for workload: "
                                                        + uid));
                            } else {
                                then.accept(address);
                            }
                        });
    }

    /** Before the peers are known: a short log line. */
    private void refuse(ConnectionFailure failure) {
        AccessLog.refused(Reporter.SOURCE, caller.client(), caller.target(), failure);
        Sockets.reset(caller.application());
    }

    private static @Nullable ServiceName name(@Nullable MeshService service) {
        return service == null ? null : ServiceName.of(service);
    }
}
