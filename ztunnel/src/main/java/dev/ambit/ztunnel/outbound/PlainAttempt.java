package dev.ambit.ztunnel.outbound;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Plain TCP: outside the mesh, or to a workload that takes no tunnel. */
final class PlainAttempt implements Attempt {

    private final PodLoop pod;
    private final InetSocketAddress address;
    private @Nullable ChannelFuture connecting;
    private boolean abandoned;

    PlainAttempt(PodLoop pod, InetSocketAddress address) {
        this.pod = pod;
        this.address = address;
    }

    @Override
    public void begin(Outcome outcome) {
        ChannelFuture started;
        try {
            started = pod.sockets().connect(pod.loop(), address, null, Relay::prepare);
        } catch (RuntimeException noSocket) {
            // Ours to blame, not the endpoint.
            outcome.failed(ConnectionFailure.connectFailed(noSocket), false);
            return;
        }
        connecting = started;
        started.addListener(done -> connected(started, outcome));
    }

    private void connected(ChannelFuture done, Outcome outcome) {
        if (abandoned) {
            done.channel().close();
        } else if (done.isSuccess()) {
            outcome.reached(new Upstream((SocketChannel) done.channel()));
        } else {
            outcome.failed(
                    ConnectionFailure.connectFailed(done.cause()),
                    done.cause() instanceof IOException);
        }
    }

    @Override
    public void abandon() {
        abandoned = true;
        if (connecting != null) {
            connecting.channel().close();
        }
    }

    private record Upstream(SocketChannel socket) implements FarEnd {
        @Override
        public void couple(SocketChannel application, TrackedConnection connection) {
            connection.relayedBy(Relay.plain(application, socket, connection), true);
        }

        @Override
        public void drop() {
            socket.close();
        }
    }
}
