package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.Hop;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.FailoverMetrics.Reason;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import dev.ambit.ztunnel.telemetry.ServiceName;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose route is decided, until it is relayed or refused: finds the address, tracks
 * the connection, carries out the attempt, and goes on to another endpoint if it led to nobody who
 * answered. On its loop.
 */
final class OutboundDial implements Attempt.Outcome {

    private final OutboundPipeline pipeline;
    private final PodLoop pod;
    private final Caller caller;
    private final Failover failover;

    // Set by begin.
    @SuppressWarnings("NullAway.Init")
    private OutboundRoute route;

    private @Nullable TrackedConnection tracked;
    private @Nullable Attempt attempt;
    private @Nullable Workload destination;
    private @Nullable Future<?> patience;

    OutboundDial(OutboundPipeline pipeline, Caller caller) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.caller = caller;
        this.failover = new Failover(pipeline, caller);
    }

    /** The one place where a decided route becomes an attempt. */
    void begin(OutboundRoute decided) {
        route = decided;
        switch (decided) {
            case OutboundRoute.Passthrough p -> plain(new Hop.At(p.target()), null, p.service());
            case OutboundRoute.Direct d -> plain(d.hop(), d.upstream(), d.service());
            case OutboundRoute.Tunnel t ->
                    tunnel(
                            t.hop(),
                            new Tunnelled(
                                    t.authority(),
                                    t.expected(),
                                    t.upstream(),
                                    name(t.service()),
                                    true),
                            List.of());
            case OutboundRoute.ViaWaypoint w ->
                    tunnel(
                            w.hop(),
                            new Tunnelled(
                                    w.authority(),
                                    w.expected(),
                                    w.waypoint(),
                                    name(w.service()),
                                    false),
                            List.of());
            case OutboundRoute.ViaGateway g ->
                    tunnel(
                            g.hop(),
                            new Tunnelled(
                                    g.authority(),
                                    g.outer(),
                                    g.gateway(),
                                    name(g.service()),
                                    false),
                            g.inner());
            case OutboundRoute.Refused r -> refuse(ConnectionFailure.connect(r.reason()));
        }
    }

    private void plain(Hop hop, @Nullable Workload upstream, @Nullable MeshService service) {
        resolved(
                hop,
                upstream,
                address ->
                        attempt(
                                new Peers(
                                        Reporter.SOURCE,
                                        caller.source(),
                                        null,
                                        upstream,
                                        name(service),
                                        false),
                                address,
                                null,
                                new PlainAttempt(pod, address)));
    }

    /**
     * @param inner whom to expect at the end of a second tunnel inside this one; empty: there is
     *     none
     */
    private void tunnel(Hop hop, Tunnelled asked, List<SpiffeId> inner) {
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
                    attempt(peers, address, tunnel.hboneTarget(), hbone(tunnel, inner, address));
                });
    }

    /** A tunnel, one within another, or neither where both pods are this process's. */
    private Attempt hbone(Tunnelled tunnel, List<SpiffeId> inner, InetSocketAddress address) {
        if (!inner.isEmpty()) {
            return new GatewayAttempt(pipeline, caller, tunnel, inner, address);
        }
        Attempt near = NearAttempt.of(pipeline, caller, tunnel, address);
        return near == null ? new TunnelAttempt(pipeline, caller, tunnel, address) : near;
    }

    private void attempt(
            Peers peers,
            InetSocketAddress actual,
            @Nullable InetSocketAddress hboneTarget,
            Attempt next) {
        failover.begun();
        Route way = new Route(caller.client(), caller.target(), actual, hboneTarget != null, null);
        Supplier<ConnectionRecord> opening = () -> record(peers, actual, hboneTarget);
        TrackedConnection connection = tracked;
        if (connection == null) {
            tracked = pod.tracker().connecting(way, opening, this::abort);
        } else if (connection.isEnded()) {
            // Cut while the next endpoint's name was resolved.
            return;
        } else {
            connection.redirect(way, opening);
        }
        attempt = next;
        next.begin(this);
        if (attempt != null && patience == null && failover.hasAlternatives(route)) {
            patience =
                    pod.loop()
                            .schedule(this::silent, failover.patienceNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private ConnectionRecord record(
            Peers peers, InetSocketAddress actual, @Nullable InetSocketAddress hboneTarget) {
        ConnectionRecord record =
                ConnectionRecord.open(
                        pod.tracker().metrics(),
                        destination == null ? peers : peers.to(destination),
                        new ConnectionRecord.Addressing(caller.client(), actual, hboneTarget),
                        caller.startNanos());
        record.tried(failover.tries());
        return record;
    }

    @Override
    public @Nullable String traceparent() {
        return tracked == null ? null : tracked.traceparent();
    }

    @Override
    public void reached(Attempt.FarEnd end) {
        over();
        failover.answered(route);
        destination = end.destination();
        TrackedConnection connection = tracked;
        if (connection == null || connection.isEnded()) {
            end.drop();
        } else {
            end.couple(caller.application(), connection);
        }
    }

    @Override
    public void failed(ConnectionFailure failure, boolean elsewhere) {
        over();
        OutboundRoute other = null;
        if (elsewhere && failover.hasAlternatives(route)) {
            failover.gaveUp(route, Reason.REFUSED);
            other = failover.another(route);
        }
        if (other == null) {
            end(failure);
        } else {
            failover.failedOver(Reason.REFUSED);
            begin(other);
        }
    }

    /** Another endpoint may answer; where there is none, this one has as long as it needs. */
    private void silent() {
        patience = null;
        Attempt underWay = attempt;
        OutboundRoute other = underWay == null ? null : failover.another(route);
        if (underWay != null && other != null) {
            attempt = null;
            underWay.abandon();
            failover.gaveUp(route, Reason.SILENT);
            failover.failedOver(Reason.SILENT);
            begin(other);
        }
    }

    private void over() {
        attempt = null;
        Future<?> timer = patience;
        if (timer != null) {
            patience = null;
            timer.cancel(false);
        }
    }

    private void end(ConnectionFailure failure) {
        TrackedConnection connection = tracked;
        if (connection != null) {
            connection.finish(failure);
        }
        Sockets.reset(caller.application());
    }

    /** Cut from outside while it is not yet relayed. */
    private void abort() {
        Attempt underWay = attempt;
        over();
        if (underWay != null) {
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
                                unresolved(
                                        ConnectionFailure.connect(
                                                "no ip addresses were resolved for workload: "
                                                        + uid));
                            } else {
                                then.accept(address);
                            }
                        });
    }

    private void unresolved(ConnectionFailure failure) {
        if (tracked == null) {
            refuse(failure);
        } else {
            end(failure);
        }
    }

    /** Before the peers are known: a short log line. */
    private void refuse(ConnectionFailure failure) {
        pod.refused(Reporter.SOURCE, caller.client(), caller.target(), failure);
        Sockets.reset(caller.application());
    }

    private static @Nullable ServiceName name(@Nullable MeshService service) {
        return service == null ? null : ServiceName.of(service);
    }
}
