package dev.ambit.ztunnel.inpod;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.policy.l4.InboundRouter;
import dev.ambit.policy.l4.OutboundRouter;
import dev.ambit.ztunnel.inbound.InboundPipeline;
import dev.ambit.ztunnel.outbound.OutboundPipeline;
import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.IdentityLimits;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.ProxyOptions;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.HopResolver;
import dev.ambit.ztunnel.socket.OriginalDestination;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.telemetry.Addresses;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pod: its three listeners on each of its loops, its tunnels to others, its open connections.
 * Thread-safe; the work of each loop stays there.
 */
public final class PodProxy implements Pod {

    private final PodProxies shared;
    private final LocalWorkload local;
    private final @Nullable IdentityLimits limits;
    private final PodSockets sockets;
    private final PodNames names;
    private final List<Share> shares = new ArrayList<>();
    private final PodTransfer transfer;
    private final Consumer<Collection<Workload>> evictGone = this::evict;
    private final UntrustedCuts cutUntrusted;

    /** The pod's part on one loop. */
    record Share(
            PodLoop pod,
            HbonePool pool,
            InboundPipeline inbound,
            OutboundPipeline outbound,
            List<Channel> listeners) {}

    private PodProxy(PodProxies shared, LocalWorkload local, PodSockets sockets) {
        this.shared = shared;
        this.local = local;
        this.limits = IdentityLimits.of(shared.options().limits());
        this.sockets = sockets;
        this.transfer = new PodTransfer(this, local, sockets, shares);
        this.names = new PodNames(shared, local);
        this.cutUntrusted = new UntrustedCuts(shared.state().cuts().revocation(), shares);
    }

    /**
     * Binds everything; if any port fails, none stays bound and the sockets remain the caller's.
     */
    static CompletableFuture<PodProxy> start(
            PodProxies shared, LocalWorkload local, PodSockets sockets, Inherited inherited) {
        PodProxy proxy = new PodProxy(shared, local, sockets);
        List<CompletableFuture<Void>> bound = new ArrayList<>();
        List<EventLoop> loops =
                shared.listening().portReuse()
                        ? shared.engine().loops().data()
                        : List.of(shared.engine().loops().nextData());
        try {
            bound.add(proxy.names.start(sockets, inherited));
            boolean preserveSource = sockets.canPreserveSource();
            Openings openings =
                    new Openings(sockets, local.info(), proxy.transfer, inherited, loops.size());
            for (EventLoop loop : loops) {
                bound.add(proxy.open(loop, preserveSource, openings));
            }
        } catch (RuntimeException noSocket) {
            bound.add(CompletableFuture.failedFuture(noSocket));
        }
        CompletableFuture<PodProxy> started = new CompletableFuture<>();
        CompletableFuture.allOf(bound.toArray(CompletableFuture[]::new))
                .whenComplete(
                        (done, failure) -> {
                            inherited.close();
                            if (failure == null) {
                                shared.state().signal().onRemovals(proxy.evictGone);
                                shared.state().cuts().add(proxy.cutUntrusted);
                                proxy.openToNeighbours();
                                started.complete(proxy);
                            } else {
                                proxy.abandon();
                                started.completeExceptionally(failure);
                            }
                        });
        return started;
    }

    private CompletableFuture<Void> open(
            EventLoop loop, boolean preserveSource, Openings openings) {
        OriginalDestination replaced = shared.listening().original();
        ConnectionTracker tracker =
                new ConnectionTracker(
                        loop, local, shared.state().signal(), shared.engine().metrics());
        PodLoop pod =
                new PodLoop(
                        loop,
                        local,
                        sockets,
                        replaced == null ? sockets.originalDestination() : replaced,
                        tracker,
                        new PodLoop.Scope(
                                shared.options(),
                                preserveSource,
                                limits,
                                names.demand(),
                                names.egress()));
        HbonePool pool = pool(loop);
        OutboundPipeline outbound = outbound(pod, pool);
        InboundPipeline inbound = inbound(pod);
        Share share = new Share(pod, pool, inbound, outbound, new ArrayList<>());
        int number = shares.size();
        shares.add(share);
        return CompletableFuture.allOf(
                shared
                        .listening()
                        .doors()
                        .of(share, shared.options().ports(), names.resolver())
                        .stream()
                        .map(door -> openings.listen(number, share, door))
                        .toArray(CompletableFuture[]::new));
    }

    private OutboundPipeline outbound(PodLoop pod, HbonePool pool) {
        ProxyOptions options = shared.options();
        return new OutboundPipeline(
                pod,
                new OutboundRouter(options.network(), options.ports().illegal()),
                pool,
                new HopResolver(shared.engine().loops().blocking()),
                shared.engine().neighbours());
    }

    private InboundPipeline inbound(PodLoop pod) {
        ProxyOptions options = shared.options();
        return new InboundPipeline(
                pod,
                new InboundRouter(options.network(), options.ports().illegal()),
                shared.hbone(),
                shared.engine().counters());
    }

    private HbonePool pool(EventLoop loop) {
        return new HbonePool(
                loop,
                shared.hbone(),
                shared.engine().counters(),
                (key, on, handler) ->
                        sockets.connect(
                                on,
                                key.address(),
                                key.sourceIp(),
                                socket -> socket.pipeline().addLast(handler)));
    }

    /** Where its applications ask for names. */
    List<Channel> nameListeners() {
        return names.listeners();
    }

    /** Names are answered by another process from here on. */
    CompletableFuture<Void> stopNames() {
        return names.stop(Stop.GRACEFUL);
    }

    private void openToNeighbours() {
        Neighbours neighbours = shared.engine().neighbours();
        if (neighbours != null) {
            shares.forEach(s -> neighbours.open(local, s.pod().loop(), s.inbound()));
        }
    }

    private void closeToNeighbours() {
        Neighbours neighbours = shared.engine().neighbours();
        if (neighbours != null) {
            neighbours.close(local);
        }
    }

    private void abandon() {
        names.stop(Stop.IMMEDIATE);
        for (Share share : shares) {
            share.listeners().forEach(Sockets::close);
            share.inbound().server().close();
            share.pod().tracker().close();
            share.pod().loop().execute(share.pool()::close);
        }
    }

    private void evict(Collection<Workload> gone) {
        for (Share share : shares) {
            share.pod()
                    .loop()
                    .execute(() -> gone.forEach(workload -> share.pool().evictUid(workload.uid())));
        }
    }

    @Override
    public CompletableFuture<Void> stop(Stop how) {
        shared.state().signal().remove(evictGone);
        closeToNeighbours();
        List<CompletableFuture<Void>> stopped = new ArrayList<>();
        stopped.add(names.stop(how));
        for (Share share : shares) {
            share.listeners().forEach(Sockets::close);
            stopped.add(
                    switch (how) {
                        case IMMEDIATE -> OnLoop.run(share, () -> cut(share));
                        case TERMINATING ->
                                OnLoop.run(
                                        share, () -> drain(share, shared.listening().podDrain()));
                        case GRACEFUL ->
                                OnLoop.run(
                                        share,
                                        () -> drain(share, shared.listening().drainDeadline()));
                    });
        }
        return CompletableFuture.allOf(stopped.toArray(CompletableFuture[]::new))
                .whenComplete(
                        (done, failure) -> {
                            // What is still open while it drains ends with the trust it rests on.
                            shared.state().cuts().remove(cutUntrusted);
                            sockets.close();
                        });
    }

    /** Closes the listeners and finishes what is open; at the limit the rest is cut. */
    CompletableFuture<Void> finish(Duration limit) {
        closeToNeighbours();
        for (Share share : shares) {
            share.listeners().forEach(Sockets::close);
        }
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        shares.forEach(share -> parts.add(OnLoop.run(share, () -> drain(share, limit))));
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> sockets.close());
    }

    @Override
    public Optional<Transfer> transfer() {
        return sockets.transport().adopts() ? Optional.of(transfer) : Optional.empty();
    }

    private CompletionStage<Void> cut(Share share) {
        share.pod().tracker().closeAll(ConnectionFailure.DRAINED);
        share.pod().tracker().close();
        share.pool().close();
        share.inbound().server().close();
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> drain(Share share, Duration deadline) {
        if (deadline.isZero()) {
            return cut(share);
        }
        EventLoop loop = share.pod().loop();
        CompletableFuture<Void> tunnels = share.inbound().server().drain(deadline);
        CompletableFuture<Void> done =
                CompletableFuture.allOf(share.pod().tracker().whenNone(), tunnels);
        var overdue =
                loop.schedule(
                        () -> {
                            share.pod().tracker().closeAll(ConnectionFailure.DRAINED);
                            share.inbound().server().close();
                        },
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
        return done.whenCompleteAsync(
                (nothing, failure) -> {
                    overdue.cancel(false);
                    // Until here policies were asked again about what had not ended yet.
                    share.pod().tracker().close();
                    share.pool().close();
                },
                loop);
    }

    @Override
    public CompletableFuture<List<OpenConnection>> connections() {
        List<CompletableFuture<List<OpenConnection>>> parts = new ArrayList<>();
        for (Share share : shares) {
            parts.add(
                    OnLoop.run(
                            share,
                            () ->
                                    CompletableFuture.completedFuture(
                                            share.pod().tracker().connections().stream()
                                                    .map(PodProxy::shown)
                                                    .toList())));
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().flatMap(part -> part.join().stream()).toList());
    }

    @Override
    public @Nullable String egressRefusal(IpAddress target) {
        return names.egress().verdict(target);
    }

    private static OpenConnection shown(TrackedConnection connection) {
        Route route = connection.route();
        return new OpenConnection(
                route.isInbound(),
                Addresses.text(route.source()),
                Addresses.text(route.original()),
                Addresses.text(route.actual()),
                connection.protocol(),
                connection.tlsGroup());
    }
}
