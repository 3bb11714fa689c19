package dev.ambit.ztunnel.inbound;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One plain connection to the application: no identity, so only policies that ask for none let it
 * in. A denied one is closed before anything is connected to the application. On its loop.
 */
final class PassthroughConnection {

    private final PodLoop pod;
    private final SocketChannel peer;
    private final long startNanos = System.nanoTime();
    private final InetSocketAddress client;
    private final InetSocketAddress target;

    PassthroughConnection(InboundPipeline pipeline, SocketChannel peer) {
        this.pod = pipeline.pod();
        this.peer = peer;
        this.client = peer.remoteAddress();
        this.target = pod.originalDestination().of(peer);
    }

    void begin() {
        if (pod.options().ports().isIllegal(target.getPort())) {
            refuse(ConnectionFailure.SELF_CALL);
            return;
        }
        pod.local().whenKnown(pod.loop(), this::authorize);
    }

    private void authorize(@Nullable Workload local) {
        if (local == null) {
            refuse(ConnectionFailure.unknownLocalWorkload(pod.local().info()));
            return;
        }
        ConnectionFacts facts = new ConnectionFacts(null, IpPort.of(client), IpPort.of(target));
        ConnectionRecord record =
                ConnectionRecord.open(
                        pod.tracker().metrics(),
                        peers(local),
                        new ConnectionRecord.Addressing(client, target, null),
                        startNanos);
        if (Authorization.decide(pod, facts, local) instanceof Decision.Denied denied) {
            record.finish(ConnectionFailure.policyRejection(denied.reason()));
            Sockets.reset(peer);
            return;
        }
        TrackedConnection connection =
                pod.tracker()
                        .track(
                                new Route(client, target, target, false, facts),
                                record,
                                () -> Sockets.reset(peer));
        InetAddress from = pod.scope().preserveSource() ? client.getAddress() : null;
        if (from != null && from.equals(target.getAddress())) {
            from = null;
        }
        ChannelFuture connected;
        try {
            connected = pod.sockets().connect(pod.loop(), target, from, Relay::prepare);
        } catch (RuntimeException noSocket) {
            failed(connection, noSocket);
            return;
        }
        connected.addListener(done -> connected(connection, connected));
    }

    private void connected(TrackedConnection connection, ChannelFuture connected) {
        if (!connected.isSuccess()) {
            failed(connection, connected.cause());
            return;
        }
        SocketChannel application = (SocketChannel) connected.channel();
        if (connection.isEnded()) {
            application.close();
            return;
        }
        connection.relayedBy(Relay.plain(peer, application, connection), true);
    }

    private void failed(TrackedConnection connection, Throwable cause) {
        connection.finish(ConnectionFailure.connectFailed(cause));
        Sockets.reset(peer);
    }

    private Peers peers(Workload local) {
        Workload source =
                pod.mesh()
                        .workload(
                                new NetworkAddress(
                                        pod.options().network(),
                                        IpAddress.of(client.getAddress())));
        return new Peers(
                Reporter.DESTINATION,
                source,
                new Peers.Claim(null, Baggage.NONE),
                local,
                InboundService.of(local, pod.mesh(), null, null, target.getPort()),
                false);
    }

    private void refuse(ConnectionFailure failure) {
        pod.refused(Reporter.DESTINATION, client, target, failure);
        Sockets.reset(peer);
    }
}
