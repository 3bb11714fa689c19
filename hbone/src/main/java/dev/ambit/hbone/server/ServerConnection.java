package dev.ambit.hbone.server;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.connection.ConnectionEnd;
import dev.ambit.hbone.connection.ConnectionEvents;
import dev.ambit.hbone.connection.HboneConnection;
import dev.ambit.hbone.connection.Role;
import dev.ambit.hbone.connection.StreamEvents;
import dev.ambit.hbone.connection.TlsStep;
import dev.ambit.hbone.connection.TunnelStream;
import dev.ambit.hbone.server.HboneServer.Parts;
import dev.ambit.identity.tls.PeerIdentity;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection, from its first byte to its last. On its loop, except {@link #onLoop}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing is told by the channel's close future.
final class ServerConnection implements TlsStep.Outcome, ConnectionEvents {
    private final HboneServer server;
    private final Parts parts;
    private final Channel channel;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private @Nullable HalfOpen halfOpen;
    private @Nullable HboneConnection http2;
    private @Nullable PeerIdentity peer;
    private @Nullable SSLSession session;

    ServerConnection(HboneServer server, Parts parts, Channel channel) {
        this.server = server;
        this.parts = parts;
        this.channel = channel;
        this.remote = internet(channel.remoteAddress());
        this.local = internet(channel.localAddress());
    }

    /** A tunnel in a tunnel has no address of its own. */
    private static InetSocketAddress internet(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress internet ? internet : new InetSocketAddress(0);
    }

    /** Whether there is room for one more handshake. */
    boolean admitted(HalfOpen counts) {
        Limit limit = counts.enter(remote.getAddress());
        if (limit != null) {
            parts.counters().hit(limit);
            parts.events().limitReached(remote, local, limit);
            return false;
        }
        halfOpen = counts;
        return true;
    }

    private void handshakeOver() {
        HalfOpen counts = halfOpen;
        halfOpen = null;
        if (counts != null) {
            counts.leave(remote.getAddress());
        }
    }

    @Override
    public void handshaken(long nanos) {
        parts.counters().handshakeTook(false, nanos);
    }

    @Override
    public HboneConnection trusted(PeerIdentity identity, SSLSession tlsSession) {
        handshakeOver();
        peer = identity;
        session = tlsSession;
        HboneConnection connection =
                new HboneConnection(Role.SERVER, parts.settings(), parts.counters(), this);
        http2 = connection;
        return connection;
    }

    @Override
    public void established(Role role, String group) {
        parts.counters().handshake(role == Role.SERVER, group);
    }

    @Override
    public void failed(TlsStep.Failure failure, String reason) {
        handshakeOver();
        if (failure == TlsStep.Failure.TIMEOUT) {
            limitReached(Limit.HANDSHAKE_TIMEOUT);
        }
        if (failure == TlsStep.Failure.REVOKED) {
            parts.events().peerRevoked(remote, local, reason);
        } else {
            parts.events().handshakeFailed(remote, local, reason);
        }
    }

    @Override
    public void settled() {
        server.ready(this);
    }

    @Override
    public StreamEvents requested(
            TunnelStream stream, ConnectRequest request, ConnectTarget target) {
        PeerIdentity who = peer;
        if (who == null) {
            throw new IllegalStateException("CONNECT before the handshake");
        }
        PendingConnect pending =
                new PendingConnect(stream, request, target, new Ends(who, remote, local));
        parts.handler().connect(pending);
        return pending;
    }

    /** Who is on the connection, and between which addresses. */
    record Ends(PeerIdentity peer, InetSocketAddress remote, InetSocketAddress local) {}

    @Override
    public void refused(int status, String reason) {
        parts.events().requestRefused(remote, local, status, reason);
    }

    @Override
    public void limitReached(Limit limit) {
        if (limit == Limit.HANDSHAKE_TIMEOUT) {
            parts.counters().hit(limit);
        }
        parts.events().limitReached(remote, local, limit);
    }

    @Override
    public void closed(ConnectionEnd end) {
        switch (end.by()) {
            case VIOLATION, TLS, FAILURE ->
                    parts.events().connectionFailed(remote, local, end.describe());
            case US, PEER -> {}
        }
    }

    void onLoop(Runnable action) {
        channel.eventLoop().execute(action);
    }

    void drain(Duration deadline) {
        HboneConnection connection = http2;
        if (connection == null) {
            return;
        }
        connection.drain();
        if (channel.isOpen()) {
            channel.eventLoop()
                    .schedule(
                            () -> close("connection closed due to connection drain"),
                            deadline.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    void close(String reason) {
        HboneConnection connection = http2;
        if (connection != null) {
            connection.close(reason);
        } else {
            channel.close();
        }
    }

    void closeIf(Predicate<SSLSession> match, String reason) {
        SSLSession known = session;
        if (known != null && match.test(known)) {
            close(reason);
        }
    }
}
