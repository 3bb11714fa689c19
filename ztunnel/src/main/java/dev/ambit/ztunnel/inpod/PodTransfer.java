package dev.ambit.ztunnel.inpod;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.Transport;
import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.Moved;
import dev.ambit.ztunnel.policy.Pass;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.telemetry.Addresses;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pod's part in a hand-over. Any thread; the work of each loop is done there. */
final class PodTransfer implements Transfer {

    private static final Log LOG = Log.get("inpod::handover");

    /**
     * What was accepted just before the end may still wait for its workload before it counts as
     * open; nobody asks whether all is over before that wait can be.
     */
    private static final Duration SETTLING = LocalWorkload.WAIT.plusSeconds(1);

    /** Leads nowhere on purpose: a port that no tunnel may ask for. */
    private static final String NOWHERE = "127.0.0.1:15008";

    private final PodProxy proxy;
    private final LocalWorkload local;
    private final PodSockets sockets;
    private final List<PodProxy.Share> shares;
    private final List<Supplier<CompletableFuture<Void>>> later = new ArrayList<>();
    private final Arriving arriving;

    PodTransfer(
            PodProxy proxy, LocalWorkload local, PodSockets sockets, List<PodProxy.Share> shares) {
        this.proxy = proxy;
        this.local = local;
        this.sockets = sockets;
        this.shares = shares;
        this.arriving = new Arriving(sockets, shares);
    }

    /** A listener that is opened when the pod begins to accept. While the pod is started. */
    void later(Supplier<CompletableFuture<Void>> opening) {
        later.add(opening);
    }

    @Override
    public Offer offer() {
        Netns netns = sockets.netns();
        List<Inherited.Listener> listeners = new ArrayList<>();
        for (Channel listener : listeners()) {
            if (listener.isOpen() && listener.localAddress() instanceof InetSocketAddress address) {
                listeners.add(
                        new Inherited.Listener(
                                address.getPort(),
                                !(listener instanceof ServerSocketChannel),
                                Transport.descriptor(listener)));
            }
        }
        return new Offer(
                netns == null ? OptionalInt.empty() : OptionalInt.of(netns.fd()), listeners);
    }

    @Override
    public boolean certified() {
        return local.isCertified();
    }

    @Override
    public void pause() {
        listeners().forEach(Acceptor::pause);
    }

    @Override
    public void resume() {
        listeners().forEach(Acceptor::resume);
        for (Supplier<CompletableFuture<Void>> opening : later) {
            opening.get()
                    .whenComplete(
                            (done, failure) -> {
                                if (failure != null) {
                                    // The other loops' listeners serve everybody.
                                    LOG.warn("no listener on one loop", "error", failure);
                                }
                            });
        }
        later.clear();
    }

    private List<Channel> listeners() {
        return Stream.concat(
                        shares.stream().flatMap(share -> share.listeners().stream()),
                        proxy.nameListeners().stream())
                .toList();
    }

    // ---- does it work? ----

    @Override
    public CompletableFuture<Void> probe(boolean inherited) {
        PodProxy.Share share = shares.getFirst();
        return OnLoop.run(
                share,
                () -> {
                    CompletableFuture<Void> result = new CompletableFuture<>();
                    local.whenKnown(
                            share.pod().loop(),
                            workload -> {
                                if (workload == null) {
                                    fail(result, "its workload is not known");
                                } else {
                                    certified(share, workload, inherited, result);
                                }
                            });
                    return result;
                });
    }

    private void certified(
            PodProxy.Share share,
            Workload workload,
            boolean inherited,
            CompletableFuture<Void> result) {
        EventLoop loop = share.pod().loop();
        local.whenCertified(
                loop,
                workload,
                state -> {
                    switch (state) {
                        case CertificateState.Ready ready -> {
                            if (inherited) {
                                int port = share.pod().options().ports().hbone();
                                dial(share, new Probe(workload, ready, port, result));
                            } else {
                                throughOwnListener(share, workload, ready, result);
                            }
                        }
                        case CertificateState.Unavailable unavailable ->
                                fail(result, unavailable.reason());
                        case CertificateState.Fetching fetching ->
                                fail(result, "certificate not fetched in time");
                    }
                });
    }

    private record Probe(
            Workload workload,
            CertificateState.Ready certificate,
            int port,
            CompletableFuture<Void> result) {}

    private void throughOwnListener(
            PodProxy.Share share,
            Workload workload,
            CertificateState.Ready certificate,
            CompletableFuture<Void> result) {
        ServerSocketChannel listener = sockets.newListener(false);
        listener.pipeline().addLast(share.inbound().hboneAcceptor());
        result.whenComplete((done, failure) -> Sockets.close(listener));
        sockets.listen(share.pod().loop(), listener, 0)
                .addListener(
                        bound -> {
                            if (bound.isSuccess()) {
                                int port = listener.localAddress().getPort();
                                dial(share, new Probe(workload, certificate, port, result));
                            } else {
                                fail(result, "no listener: " + bound.cause());
                            }
                        });
    }

    private void dial(PodProxy.Share share, Probe probe) {
        InetAddress own = sockets.config().ownAddress();
        InetSocketAddress self =
                new InetSocketAddress(
                        own == null ? InetAddress.getLoopbackAddress() : own, probe.port());
        var contexts = probe.certificate().contexts();
        String uid = probe.workload().uid() + " probe";
        share.pool()
                .open(
                        new PoolKey(
                                probe.workload().identity(),
                                List.of(probe.workload().identity()),
                                self,
                                null,
                                uid,
                                contexts.serial()),
                        contexts,
                        ConnectRequest.to(NOWHERE),
                        new OpenCallback() {
                            @Override
                            public void opened(HboneStream stream, Map<String, String> headers) {
                                stream.reset(ErrorCode.CANCEL);
                                share.pool().evictUid(uid);
                                fail(probe.result(), "a tunnel to nowhere was opened");
                            }

                            @Override
                            public void failed(OpenFailure failure) {
                                share.pool().evictUid(uid);
                                if (failure instanceof OpenFailure.Status) {
                                    probe.result().complete(null);
                                } else {
                                    fail(probe.result(), failure.toString());
                                }
                            }
                        });
    }

    private void fail(CompletableFuture<Void> result, String why) {
        result.completeExceptionally(
                new IllegalStateException(local.info() + " does not answer itself: " + why));
    }

    // ---- connections ----

    @Override
    public CompletableFuture<List<Moved>> leave(Pass pass) {
        List<CompletableFuture<List<Moved>>> parts = new ArrayList<>();
        shares.forEach(
                share -> parts.add(OnLoop.run(share, () -> share.pod().tracker().leave(pass))));
        return all(parts);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a pod's own, not one like it
    public boolean owns(ConnectionTracker tracker) {
        return shares.stream().anyMatch(share -> share.pod().tracker() == tracker);
    }

    @Override
    public void adopt(Moved moved, @Nullable Transfer far) {
        arriving.adopt(moved, far instanceof PodTransfer other ? other.shares : List.of());
    }

    // ---- the end ----

    @Override
    public CompletableFuture<Void> linger(Duration limit) {
        shares.forEach(share -> share.listeners().forEach(Sockets::close));
        // What was asked of us is still answered, from the sockets that the next process has too.
        proxy.stopNames();
        CompletableFuture<Void> finished = new CompletableFuture<>();
        shares.getFirst()
                .pod()
                .loop()
                .schedule(
                        () ->
                                proxy.finish(limit)
                                        .whenComplete((done, failure) -> finished.complete(null)),
                        SETTLING.toMillis(),
                        TimeUnit.MILLISECONDS);
        return finished;
    }

    @Override
    public CompletableFuture<List<Held>> held() {
        List<CompletableFuture<List<Held>>> parts = new ArrayList<>();
        for (PodProxy.Share share : shares) {
            parts.add(
                    OnLoop.run(
                            share,
                            () ->
                                    CompletableFuture.completedFuture(
                                            share.pod().tracker().connections().stream()
                                                    .map(PodTransfer::held)
                                                    .toList())));
        }
        return all(parts);
    }

    private static Held held(TrackedConnection connection) {
        ConnectionRecord.Before before = connection.before();
        return new Held(
                connection.route().isInbound(),
                Addresses.text(connection.route().source()),
                Addresses.text(connection.route().actual()),
                connection.route().tunnelled() ? "HBONE" : "TCP",
                before.age(),
                before.received(),
                before.sent());
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<List<T>>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().flatMap(part -> part.join().stream()).toList());
    }
}
