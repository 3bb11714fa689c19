package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
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
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One connection an application opens, from its acceptance until it is relayed or refused. On its
 * loop.
 */
final class OutboundConnection {

    private final OutboundPipeline pipeline;
    private final PodLoop pod;
    private final SocketChannel application;
    private final long startNanos = System.nanoTime();
    private final InetSocketAddress client;
    private final InetSocketAddress target;

    OutboundConnection(OutboundPipeline pipeline, SocketChannel application) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.application = application;
        this.client = application.remoteAddress();
        this.target = pod.originalDestination().of(application);
    }

    /** Refuses what leads back to us; waits for the pod's workload. */
    void begin() {
        if (target.getAddress().isLoopbackAddress()
                && pod.options().ports().isIllegal(target.getPort())) {
            refuse(ConnectionFailure.SELF_CALL);
            return;
        }
        pod.local().whenKnown(pod.loop(), this::route);
    }

    /** Decides where it goes. */
    private void route(@Nullable Workload source) {
        if (source == null) {
            refuse(ConnectionFailure.unknownLocalWorkload(pod.local().info()));
            return;
        }
        OutboundRoute route =
                pipeline.router()
                        .route(source, IpPort.of(target), pod.mesh(), ThreadLocalRandom.current());
        switch (route) {
            case OutboundRoute.Passthrough p ->
                    plain(source, new Hop.At(p.target()), null, p.service());
            case OutboundRoute.Direct d -> plain(source, d.hop(), d.upstream(), d.service());
            case OutboundRoute.Tunnel t ->
                    tunnel(
                            source,
                            t.hop(),
                            new Tunnelled(
                                    t.authority(), t.expected(), t.upstream(), name(t.service())));
            case OutboundRoute.ViaWaypoint w ->
                    tunnel(
                            source,
                            w.hop(),
                            new Tunnelled(
                                    w.authority(), w.expected(), w.waypoint(), name(w.service())));
            case OutboundRoute.Refused r -> refuse(ConnectionFailure.connect(r.reason()));
        }
    }

    /** What a tunnel needs beside its address. */
    private record Tunnelled(
            String authority,
            List<SpiffeId> expected,
            Workload upstream,
            @Nullable ServiceName service) {}

    /** Plain TCP: outside the mesh, or to a workload that takes no tunnel. */
    private void plain(
            Workload source, Hop hop, @Nullable Workload upstream, @Nullable MeshService service) {
        resolved(
                hop,
                upstream,
                address -> {
                    Peers peers =
                            new Peers(
                                    Reporter.SOURCE, source, null, upstream, name(service), false);
                    TrackedConnection connection = open(peers, address, null);
                    connectPlain(connection, address);
                });
    }

    private void connectPlain(TrackedConnection connection, InetSocketAddress address) {
        ChannelFuture connected;
        try {
            connected = pod.sockets().connect(pod.loop(), address, null, Relay::prepare);
        } catch (RuntimeException noSocket) {
            fail(connection, ConnectionFailure.connectFailed(noSocket));
            return;
        }
        connected.addListener(done -> plainConnected(connection, connected));
    }

    private void plainConnected(TrackedConnection connection, ChannelFuture connected) {
        if (!connected.isSuccess()) {
            fail(connection, ConnectionFailure.connectFailed(connected.cause()));
            return;
        }
        SocketChannel upstream = (SocketChannel) connected.channel();
        if (connection.isEnded()) {
            upstream.close();
            return;
        }
        connection.relayedBy(Relay.sockets(application, upstream, connection), true);
    }

    /** HBONE: needs the pod's certificate, then a stream of the pool. */
    private void tunnel(Workload source, Hop hop, Tunnelled tunnel) {
        resolved(
                hop,
                tunnel.upstream(),
                address -> {
                    Peers peers =
                            new Peers(
                                    Reporter.SOURCE,
                                    source,
                                    new Peers.Claim(source.identity(), Baggage.NONE),
                                    tunnel.upstream(),
                                    tunnel.service(),
                                    true);
                    TrackedConnection connection = open(peers, address, hboneTarget(tunnel));
                    pod.local()
                            .whenCertified(
                                    pod.loop(),
                                    source,
                                    state -> certified(connection, source, state, tunnel));
                });
    }

    private void certified(
            TrackedConnection connection,
            Workload source,
            CertificateState state,
            Tunnelled tunnel) {
        switch (state) {
            case CertificateState.Ready ready -> {
                PoolKey key =
                        new PoolKey(
                                source.identity(),
                                tunnel.expected(),
                                connection.route().actual(),
                                null,
                                tunnel.upstream().uid(),
                                ready.contexts().serial());
                pipeline.pool()
                        .open(
                                key,
                                ready.contexts(),
                                pipeline.headers()
                                        .request(
                                                tunnel.authority(),
                                                source,
                                                client,
                                                tunnel.service()),
                                new Opened(connection));
            }
            case CertificateState.Unavailable unavailable ->
                    fail(connection, ConnectionFailure.identity(unavailable.reason()));
            case CertificateState.Fetching fetching ->
                    fail(connection, ConnectionFailure.identity("certificate not fetched in time"));
        }
    }

    /** Couples the tunnel once the other side has connected to its application. */
    private final class Opened implements OpenCallback {
        private final TrackedConnection connection;

        Opened(TrackedConnection connection) {
            this.connection = connection;
        }

        @Override
        public void opened(HboneStream stream, Map<String, String> responseHeaders) {
            if (connection.isEnded()) {
                stream.reset(ErrorCode.CANCEL);
                return;
            }
            connection.relayedBy(Relay.tunnel(stream, application, connection), false);
        }

        @Override
        public void failed(OpenFailure failure) {
            fail(connection, OpenFailures.of(failure));
        }
    }

    private TrackedConnection open(
            Peers peers, InetSocketAddress actual, @Nullable InetSocketAddress hboneTarget) {
        ConnectionRecord record =
                ConnectionRecord.open(
                        pod.tracker().metrics(),
                        peers,
                        new ConnectionRecord.Addressing(client, actual, hboneTarget),
                        startNanos);
        return pod.tracker()
                .track(
                        new Route(client, target, actual, hboneTarget != null, null),
                        record,
                        () -> Sockets.reset(application));
    }

    private void resolved(
            Hop hop,
            @Nullable Workload upstream,
            java.util.function.Consumer<InetSocketAddress> then) {
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

    private void fail(TrackedConnection connection, ConnectionFailure failure) {
        connection.finish(failure);
        Sockets.reset(application);
    }

    /** Before the peers are known: a short log line. */
    private void refuse(ConnectionFailure failure) {
        AccessLog.refused(Reporter.SOURCE, client, target, failure);
        Sockets.reset(application);
    }

    private static @Nullable InetSocketAddress hboneTarget(Tunnelled tunnel) {
        return switch (ConnectTarget.parse(tunnel.authority())) {
            case ConnectTarget.Address address -> address.address();
            case ConnectTarget.Host host ->
                    InetSocketAddress.createUnresolved(host.host(), host.port());
            case null -> null;
        };
    }

    private static @Nullable ServiceName name(@Nullable MeshService service) {
        return service == null ? null : ServiceName.of(service);
    }
}
