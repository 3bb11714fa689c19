package dev.ambit.hbone.server;

import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.connection.TlsStep;
import dev.ambit.identity.tls.PeerVerifier;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The accepting end of one listener, for example a pod's 15008. Its connections may live on several
 * loops.
 *
 * <p>The path: {@link HalfOpen} counts handshakes → TLS and the peer's identity → one {@link
 * ServerConnection} each → an {@link InboundConnect} for every CONNECT.
 */
public final class HboneServer {
    /**
     * What a server needs.
     *
     * @param tls asked at each new connection; {@code MeshTls.refusing()} while there is no
     *     certificate
     * @param handler answers the CONNECTs
     */
    public record Parts(
            HboneSettings settings,
            HboneCounters counters,
            Supplier<TlsContexts> tls,
            ConnectHandler handler,
            HboneServerEvents events) {}

    private final Parts parts;
    private final HalfOpen halfOpen;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();

    // Written by drain, read by the loops that accept.
    private volatile @Nullable Duration draining;
    private volatile boolean closed;
    private final CompletableFuture<Void> empty = new CompletableFuture<>();

    public HboneServer(Parts parts) {
        this.parts = parts;
        this.halfOpen = new HalfOpen(parts.settings().limits());
    }

    /**
     * Child handler of the listening bootstrap: an accepted channel becomes an HBONE connection.
     * Shareable.
     */
    public ChannelHandler childHandler() {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                accept(channel);
            }

            @Override
            public boolean isSharable() {
                return true;
            }
        };
    }

    private void accept(Channel channel) {
        HboneChannels.tunnels(channel);
        ServerConnection connection = new ServerConnection(this, parts, channel);
        if (!connection.admitted(halfOpen) || closed) {
            channel.unsafe().closeForcibly();
            return;
        }
        connections.add(connection);
        channel.closeFuture().addListener(f -> gone(connection));
        TlsContexts contexts = parts.tls().get();
        TlsStep.add(
                channel,
                contexts.server(),
                parts.settings(),
                session -> PeerVerifier.server(session, contexts.id().trustDomain()),
                connection);
    }

    private void gone(ServerConnection connection) {
        connections.remove(connection);
        if ((draining != null || closed) && connections.isEmpty()) {
            empty.complete(null);
        }
    }

    /** Drains a connection that became ready while the server does. */
    void ready(ServerConnection connection) {
        Duration deadline = draining;
        if (deadline != null) {
            connection.drain(deadline);
        }
    }

    /** Open connections, handshakes included. Any thread. */
    public int connections() {
        return connections.size();
    }

    /**
     * Lets tunnels finish and takes no new ones: GOAWAY in two steps (RFC 9113 section 6.8). What
     * is left at the deadline is broken. Completes when no connection is left. Any thread.
     */
    public CompletableFuture<Void> drain(Duration deadline) {
        draining = deadline;
        for (ServerConnection connection : connections) {
            connection.onLoop(() -> connection.drain(deadline));
        }
        if (connections.isEmpty()) {
            empty.complete(null);
        }
        return empty.copy();
    }

    /** Breaks every connection now, and every one still to come. Any thread. */
    public void close() {
        closed = true;
        for (ServerConnection connection : connections) {
            connection.onLoop(() -> connection.close("connection closed due to connection drain"));
        }
    }

    /** Breaks the connections whose session matches, for example revoked peers. Any thread. */
    public void closeWhere(Predicate<SSLSession> match, String reason) {
        for (ServerConnection connection : connections) {
            connection.onLoop(() -> connection.closeIf(match, reason));
        }
    }
}
