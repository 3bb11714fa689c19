package dev.ambit.ztunnel.inbound;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.l4.InboundRoute;
import dev.ambit.ztunnel.policy.IdentityLimits;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.shortcut.NearConnect;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One CONNECT, from its arrival until it is relayed or refused. The peer learns a status, the log
 * the reason. On its loop.
 */
final class InboundTunnel {

    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final InboundPipeline pipeline;
    private final PodLoop pod;
    private final InboundConnect connect;
    private final long startNanos = System.nanoTime();

    InboundTunnel(InboundPipeline pipeline, InboundConnect connect) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.connect = connect;
    }

    /** Finds the application. */
    void begin() {
        Workload local = pod.local().current();
        if (local == null) {
            refuse(SERVICE_UNAVAILABLE, ConnectionFailure.unknownLocalWorkload(pod.local().info()));
            return;
        }
        InboundRoute route =
                pipeline.router()
                        .route(
                                local,
                                IpPort.of(connect.local()),
                                connect.request().authority(),
                                pod.mesh());
        switch (route) {
            case InboundRoute.Refused r ->
                    refuse(r.status(), ConnectionFailure.connect(r.reason()));
            case InboundRoute.Accept accept -> authorize(local, accept);
        }
    }

    /** Asks the policies; from here on there is a record and a full log line. */
    private void authorize(Workload local, InboundRoute.Accept accept) {
        InetSocketAddress asked =
                accept.proxyProtocol()
                        ? ProxyTarget.of(
                                connect.target(), accept.service(), pod.options().network())
                        : accept.target().toSocketAddress();
        if (asked == null) {
            refuse(
                    SERVICE_UNAVAILABLE,
                    ConnectionFailure.connect(
                            "no IP for service: " + connect.request().authority()));
            return;
        }
        ConnectionFacts facts =
                new ConnectionFacts(
                        connect.peer().id(), IpPort.of(connect.remote()), accept.target());
        InetSocketAddress target = accept.target().toSocketAddress();
        ConnectionRecord record =
                ConnectionRecord.open(
                        pod.tracker().metrics(),
                        peers(local, accept),
                        new ConnectionRecord.Addressing(
                                connect.remote(), connect.local(), hboneTarget(connect.target())),
                        startNanos);
        record.continues(connect.request().traceparent());
        if (Authorization.decide(pod, facts, local) instanceof Decision.Denied denied) {
            record.finish(ConnectionFailure.policyRejection(denied.reason()));
            connect.refuse(UNAUTHORIZED);
            return;
        }
        IdentityLimits limits = pod.scope().limits();
        IdentityLimits.Lease lease = null;
        if (limits != null) {
            switch (limits.admit(connect.peer().id())) {
                case IdentityLimits.Admission.Refused(ConnectionFailure failure) -> {
                    record.finish(failure);
                    connect.refuse(TOO_MANY_REQUESTS);
                    return;
                }
                case IdentityLimits.Admission.Admitted(IdentityLimits.Lease counted) ->
                        lease = counted;
            }
        }
        Dial dial = new Dial(local, accept, target, asked);
        TrackedConnection connection =
                pod.tracker()
                        .track(
                                new Route(connect.remote(), connect.local(), target, true, facts),
                                record,
                                dial::abort);
        if (lease != null) {
            connection.counts(lease);
        }
        dial.connection = connection;
        dial.begin();
    }

    /**
     * Connects to the application and answers; tracked meanwhile, so that a policy may still cut
     * it.
     */
    private final class Dial {
        private final Workload local;
        private final InboundRoute.Accept accept;
        private final InetSocketAddress target;
        private final InetSocketAddress asked;
        private @Nullable TrackedConnection connection;
        private @Nullable ChannelFuture connecting;
        private boolean answered;

        /**
         * @param asked what the client asked for, as a PROXY header tells it
         */
        Dial(
                Workload local,
                InboundRoute.Accept accept,
                InetSocketAddress target,
                InetSocketAddress asked) {
            this.asked = asked;
            this.local = local;
            this.accept = accept;
            this.target = target;
        }

        void begin() {
            connect.onGone(this::gone);
            if (Objects.requireNonNull(connection).isEnded()) {
                return;
            }
            boolean loopback = accept.proxyProtocol() && pod.options().localhostAppTunnel();
            InetSocketAddress to = target;
            InetAddress from = pod.scope().preserveSource() ? connect.remote().getAddress() : null;
            if (loopback) {
                // Then nothing else reaches the port; the client's address is in the PROXY header.
                from =
                        IpAddress.parse(accept.target().address().isV4() ? "127.0.0.1" : "::1")
                                .toInetAddress();
                to = new InetSocketAddress(from, target.getPort());
            } else if (from != null && from.equals(target.getAddress())) {
                from = null;
            }
            try {
                connecting = pod.sockets().connect(pod.loop(), to, from, Relay::prepare);
            } catch (RuntimeException noSocket) {
                failed(noSocket);
                return;
            }
            connecting.addListener(done -> connected((ChannelFuture) done));
        }

        private void failed(Throwable cause) {
            Objects.requireNonNull(connection).finish(ConnectionFailure.connectFailed(cause));
            answer(SERVICE_UNAVAILABLE);
        }

        /** The peer waits no more: neither does the connection to the application. */
        private void gone() {
            Objects.requireNonNull(connection).close(ConnectionFailure.CLIENT_GONE);
        }

        void abort() {
            ChannelFuture underWay = connecting;
            if (underWay != null) {
                underWay.channel().close();
            }
            answer(SERVICE_UNAVAILABLE);
        }

        private void connected(ChannelFuture done) {
            TrackedConnection tracked = Objects.requireNonNull(connection);
            if (tracked.isEnded()) {
                done.channel().close();
                return;
            }
            if (!done.isSuccess()) {
                failed(done.cause());
                return;
            }
            answered = true;
            SocketChannel application = (SocketChannel) done.channel();
            if (connect instanceof NearConnect near) {
                near.reached(application, tracked);
                return;
            }
            HboneStream stream = connect.accept(responseHeaders());
            if (accept.proxyProtocol()) {
                application.writeAndFlush(ProxyHeader.of(application.alloc(), connect, asked));
            }
            tracked.relayedBy(Relay.tunnel(stream, application, tracked), true, stream);
        }

        private void answer(int status) {
            if (!answered) {
                answered = true;
                connect.refuse(status);
            }
        }

        private Map<String, String> responseHeaders() {
            return pod.options().responseBaggage()
                    ? Map.of(ConnectRequest.BAGGAGE, Baggage.of(local))
                    : Map.of();
        }
    }

    private Peers peers(Workload local, InboundRoute.Accept accept) {
        ConnectRequest request = connect.request();
        String network = request.extra().get(ConnectRequest.FORWARDED_NETWORK);
        // Through a gateway of another network the address says nothing about the source.
        boolean ownNetwork = network == null || network.equalsIgnoreCase(pod.options().network());
        Workload source =
                ownNetwork
                        ? pod.mesh()
                                .workload(
                                        new NetworkAddress(
                                                pod.options().network(),
                                                IpAddress.of(connect.remote().getAddress())))
                        : null;
        Baggage baggage =
                source == null && pod.options().responseBaggage()
                        ? Baggage.parse(request.baggage())
                        : Baggage.NONE;
        return new Peers(
                Reporter.DESTINATION,
                source,
                new Peers.Claim(connect.peer().id(), baggage),
                local,
                InboundService.of(
                        local,
                        pod.mesh(),
                        accept.service(),
                        request.forwarded(),
                        accept.target().port()),
                true);
    }

    private void refuse(int status, ConnectionFailure failure) {
        pod.refused(Reporter.DESTINATION, connect.remote(), connect.local(), failure);
        connect.refuse(status);
    }

    private static InetSocketAddress hboneTarget(ConnectTarget target) {
        return switch (target) {
            case ConnectTarget.Address address -> address.address();
            case ConnectTarget.Host host ->
                    InetSocketAddress.createUnresolved(host.host(), host.port());
        };
    }
}
