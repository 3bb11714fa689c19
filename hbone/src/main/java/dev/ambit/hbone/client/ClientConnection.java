package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.connection.ConnectionEnd;
import dev.ambit.hbone.connection.ConnectionEvents;
import dev.ambit.hbone.connection.HboneConnection;
import dev.ambit.hbone.connection.Role;
import dev.ambit.hbone.connection.StreamEvents;
import dev.ambit.hbone.connection.TlsStep;
import dev.ambit.hbone.connection.TunnelStream;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.identity.tls.PeerVerifier;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The client's end of one connection from TLS to its end; knows nothing of pools. On its loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Closing is told by the connection's end.
final class ClientConnection implements TlsStep.Outcome, ConnectionEvents {
    /** Who made it. Exactly one of ready and failed is called; closed only after ready. */
    interface Owner {
        void ready(ClientConnection connection);

        void failed(ClientConnection connection, OpenFailure failure);

        /** Streams a peer of this key takes, as far as is known before its SETTINGS come. */
        default int assumedStreams() {
            return HboneConnection.ASSUMED_MAX_STREAMS;
        }

        /** The peer's SETTINGS are here. */
        default void settled(int peerStreams) {}

        /** A stream is over or no new ones may come. */
        void changed(ClientConnection connection);

        void closed(ClientConnection connection, OpenFailure why);
    }

    private final HboneSettings settings;
    private final HboneCounters counters;
    private final Owner owner;
    private @Nullable Channel channel;
    private @Nullable HboneConnection http2;
    private @Nullable SSLSession session;
    private @Nullable PeerIdentity peer;
    private @Nullable Future<?> idleTimer;
    private long idleSince;

    ClientConnection(HboneSettings settings, HboneCounters counters, Owner owner) {
        this.settings = settings;
        this.counters = counters;
        this.owner = owner;
    }

    /** Puts the pipeline into a channel that connects or is connected. */
    void attach(Channel to, TlsContexts contexts, List<SpiffeId> expected) {
        channel = to;
        TlsStep.add(
                to, contexts.client(), settings, tls -> PeerVerifier.client(tls, expected), this);
    }

    @Override
    public void handshaken(long nanos) {
        counters.handshakeTook(true, nanos);
    }

    @Override
    public HboneConnection trusted(PeerIdentity who, SSLSession tlsSession) {
        peer = who;
        session = tlsSession;
        HboneConnection connection = new HboneConnection(Role.CLIENT, settings, counters, this);
        connection.peerMaxStreams(owner.assumedStreams());
        http2 = connection;
        // After the connection has taken its place in the pipeline and greeted the peer.
        Channel on = channel;
        if (on != null) {
            on.eventLoop().execute(() -> owner.ready(this));
        }
        return connection;
    }

    @Override
    public void established(Role role, String group) {
        counters.handshake(role == Role.SERVER, group);
    }

    @Override
    public void failed(TlsStep.Failure failure, String reason) {
        if (failure == TlsStep.Failure.TIMEOUT) {
            counters.hit(Limit.HANDSHAKE_TIMEOUT);
        }
        owner.failed(
                this,
                switch (failure) {
                    case IDENTITY -> new OpenFailure.Identity(reason);
                    case REVOKED -> new OpenFailure.Revoked(reason);
                    case TLS, TIMEOUT -> new OpenFailure.Tls(reason);
                });
    }

    @Override
    public StreamEvents requested(
            TunnelStream stream, ConnectRequest request, ConnectTarget target) {
        throw new IllegalStateException("a server asked its client for a tunnel");
    }

    @Override
    public void settled() {
        if (http2 != null) {
            owner.settled(http2.peerMaxStreams());
        }
        owner.changed(this);
    }

    @Override
    public void streamClosed() {
        owner.changed(this);
    }

    @Override
    public void draining() {
        owner.changed(this);
    }

    @Override
    public void closed(ConnectionEnd end) {
        Future<?> timer = idleTimer;
        if (timer != null) {
            timer.cancel(false);
        }
        String reason = end.describe();
        owner.closed(
                this,
                end.by() == ConnectionEnd.By.TLS
                        ? new OpenFailure.Tls(reason)
                        : new OpenFailure.H2(reason));
    }

    /** How many more tunnels it takes. */
    int room() {
        return http2 == null ? 0 : http2.room();
    }

    int streams() {
        return http2 == null ? 0 : http2.streams();
    }

    /** Who is at the other end; null before the handshake. */
    @Nullable PeerIdentity peer() {
        return peer;
    }

    @Nullable SSLSession session() {
        return session;
    }

    TunnelStream open(ConnectRequest request, StreamEvents events) {
        if (http2 == null) {
            throw new IllegalStateException("tunnel asked of a connection that is not ready");
        }
        return http2.open(request, events);
    }

    /** Whether it takes no more tunnels, ever. */
    boolean drains() {
        return http2 != null && http2.draining();
    }

    /** It carries nothing now; closes when that stays so for the time. */
    void idle(EventLoop loop, Duration most) {
        idleSince = System.nanoTime();
        if (idleTimer == null) {
            idleIn(loop, most, most.toNanos());
        }
    }

    private void idleIn(EventLoop loop, Duration most, long nanos) {
        idleTimer = loop.schedule(() -> idleCheck(loop, most), nanos, TimeUnit.NANOSECONDS);
    }

    private void idleCheck(EventLoop loop, Duration most) {
        idleTimer = null;
        long left = most.toNanos() - (System.nanoTime() - idleSince);
        if (streams() > 0 || drains()) {
            return;
        }
        if (left > 0) {
            idleIn(loop, most, left);
        } else {
            drain();
        }
    }

    void drain() {
        if (http2 != null) {
            http2.drain();
        }
    }

    void close(String reason) {
        if (http2 != null) {
            http2.close(reason);
        } else if (channel != null) {
            channel.close();
        }
    }
}
