package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.LocalHandshake;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.shortcut.BothSides;
import dev.ambit.ztunnel.shortcut.NearConnect;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * To a pod of this very process: what a handshake would have proven is looked up, the pod's inbound
 * path asked, and two sockets are left (architecture decision 6). On its loop.
 */
final class NearAttempt implements Attempt, NearConnect.Answer {

    private final OutboundPipeline pipeline;
    private final PodLoop pod;
    private final Caller caller;
    private final Tunnelled tunnel;
    private final InetSocketAddress address;
    private final Neighbours.Door door;

    // Set by begin, before anything can be told.
    @SuppressWarnings("NullAway.Init")
    private Outcome outcome;

    private @Nullable TlsContexts own;
    private @Nullable TlsContexts shown;
    private LocalHandshake.@Nullable Met met;
    private @Nullable NearConnect asking;
    private boolean abandoned;

    private NearAttempt(
            OutboundPipeline pipeline,
            Caller caller,
            Tunnelled tunnel,
            InetSocketAddress address,
            Neighbours.Door door) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.caller = caller;
        this.tunnel = tunnel;
        this.address = address;
        this.door = door;
    }

    /** The short cut to that address; null where a tunnel is needed or not to be avoided. */
    static @Nullable Attempt of(
            OutboundPipeline pipeline, Caller caller, Tunnelled tunnel, InetSocketAddress address) {
        Neighbours neighbours = pipeline.neighbours();
        if (neighbours == null || !isOrdinary(pipeline.pod(), caller, tunnel, address)) {
            return null;
        }
        Neighbours.Door door =
                neighbours.door(pipeline.pod().loop(), tunnel.upstream(), address.getAddress());
        return door == null ? null : new NearAttempt(pipeline, caller, tunnel, address, door);
    }

    /**
     * Straight to the pod's own address, as itself. A waypoint is asked for another one's address,
     * an application with a tunnel of its own wants a header first, and a client with an address of
     * no pod would be shown to policies as what it is not.
     */
    private static boolean isOrdinary(
            PodLoop pod, Caller caller, Tunnelled tunnel, InetSocketAddress address) {
        Workload upstream = tunnel.upstream();
        InetSocketAddress asked = tunnel.hboneTarget();
        return address.getPort() == pod.options().ports().hbone()
                && asked != null
                && address.getAddress().equals(asked.getAddress())
                && upstream.addresses().contains(IpAddress.of(address.getAddress()))
                && upstream.applicationTunnel() == null
                && caller.source().addresses().contains(IpAddress.of(caller.client().getAddress()));
    }

    @Override
    public void begin(Outcome listener) {
        outcome = listener;
        pod.local().whenCertified(pod.loop(), caller.source(), this::ownCertificate);
    }

    private void ownCertificate(CertificateState state) {
        if (abandoned) {
            return;
        }
        switch (state) {
            case CertificateState.Ready ready -> {
                own = ready.contexts();
                door.local().whenCertified(pod.loop(), this::itsCertificate);
            }
            case CertificateState.Unavailable unavailable ->
                    outcome.failed(ConnectionFailure.identity(unavailable.reason()), false);
            case CertificateState.Fetching fetching ->
                    outcome.failed(
                            ConnectionFailure.identity("certificate not fetched in time"), false);
        }
    }

    private void itsCertificate(CertificateState state) {
        if (abandoned) {
            return;
        }
        if (!(state instanceof CertificateState.Ready ready)) {
            failed(new OpenFailure.Tls("the destination has no certificate"));
            return;
        }
        switch (LocalHandshake.between(
                Objects.requireNonNull(own), ready.contexts(), tunnel.expected())) {
            case LocalHandshake.Met both -> ask(ready.contexts(), both);
            case LocalHandshake.Refused refused -> {
                door.inbound().refused(caller.client(), address, refused);
                refusedBy(refused);
            }
        }
    }

    private void refusedBy(LocalHandshake.Refused refused) {
        failed(
                switch (refused.what()) {
                    case CHAIN -> new OpenFailure.Tls(refused.reason());
                    case REVOKED ->
                            refused.by() == Revocation.Side.SOURCE
                                    ? new OpenFailure.Revoked(refused.reason())
                                    : new OpenFailure.Tls(refused.reason());
                    case IDENTITY ->
                            refused.by() == Revocation.Side.SOURCE
                                    ? new OpenFailure.Identity(refused.reason())
                                    : new OpenFailure.Tls(refused.reason());
                });
    }

    private void ask(TlsContexts its, LocalHandshake.Met both) {
        Neighbours neighbours = Objects.requireNonNull(pipeline.neighbours());
        if (!door.equals(neighbours.door(pod.loop(), tunnel.upstream(), address.getAddress()))) {
            // It has begun to go while we waited for its certificate.
            failed(new OpenFailure.Draining());
            return;
        }
        shown = its;
        met = both;
        ConnectTarget target = ConnectTarget.parse(tunnel.authority());
        NearConnect.Asked asked =
                new NearConnect.Asked(
                        pipeline.headers()
                                .request(
                                        tunnel.authority(),
                                        caller.source(),
                                        caller.client(),
                                        tunnel.service(),
                                        Map.of(),
                                        outcome.traceparent()),
                        Objects.requireNonNull(target),
                        both.client().peer(),
                        caller.client(),
                        address);
        NearConnect connect = new NearConnect(asked, pod.loop(), this);
        asking = connect;
        door.inbound().connect(connect);
    }

    @Override
    public void reached(SocketChannel application, TrackedConnection destination) {
        switch (metBy(Objects.requireNonNull(met))) {
            case LocalHandshake.Met both ->
                    outcome.reached(
                            new Near(
                                    application,
                                    destination,
                                    both,
                                    Objects.requireNonNull(pipeline.neighbours()).movable()));
            case LocalHandshake.Refused refused -> {
                Sockets.reset(application);
                destination.finish(ConnectionFailure.tls(refused.reason()));
                refusedBy(refused);
            }
        }
    }

    /**
     * Reaching the application takes time, in which a list may come or a root go: what would have
     * cut a tunnel then keeps this one from beginning.
     */
    private LocalHandshake metBy(LocalHandshake.Met before) {
        TlsContexts mine = Objects.requireNonNull(own);
        TlsContexts its = Objects.requireNonNull(shown);
        Workload destination = door.local().current();
        TlsContexts mineNow = current(pod.local(), caller.source(), mine);
        TlsContexts itsNow = destination == null ? its : current(door.local(), destination, its);
        return mineNow.equals(mine) && itsNow.equals(its) && before.stillHolds()
                ? before
                : LocalHandshake.between(mineNow, itsNow, tunnel.expected());
    }

    private static TlsContexts current(LocalWorkload local, Workload workload, TlsContexts known) {
        return local.certificate(workload) instanceof CertificateState.Ready ready
                ? ready.contexts()
                : known;
    }

    @Override
    public void refused(int status) {
        failed(new OpenFailure.Status(status));
    }

    private void failed(OpenFailure failure) {
        outcome.failed(
                OpenFailures.of(failure),
                OpenFailures.elsewhere(failure, tunnel.answersForApplication()));
    }

    @Override
    public void abandon() {
        abandoned = true;
        NearConnect underWay = asking;
        if (underWay != null) {
            underWay.giveUp();
        }
    }

    private record Near(
            SocketChannel application,
            TrackedConnection otherSide,
            LocalHandshake.Met met,
            boolean movable)
            implements FarEnd {
        @Override
        public void couple(SocketChannel client, TrackedConnection connection) {
            new BothSides(connection, otherSide).couple(client, application, met, movable);
        }

        @Override
        public void drop() {
            otherSide.finish(null);
            Sockets.reset(application);
        }
    }
}
