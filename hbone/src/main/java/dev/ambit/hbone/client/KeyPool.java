package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.connection.HboneConnection;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The connections of one key, and who waits for one. On the pool's loop. */
@SuppressWarnings("ReferenceEquality") // A connection is itself and no other.
final class KeyPool implements ClientConnection.Owner {
    private final HbonePool pool;
    private final PoolKey key;
    private final TlsContexts contexts;
    private final List<ClientConnection> ready = new ArrayList<>();
    private final List<ClientConnection> leaving = new ArrayList<>();
    private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
    private @Nullable ClientConnection creating;

    /**
     * What the last SETTINGS under this key allowed. Streams sent before the next come may be
     * refused, and each is tried only twice.
     */
    private int assumedStreams = HboneConnection.ASSUMED_MAX_STREAMS;

    KeyPool(HbonePool pool, PoolKey key, TlsContexts contexts) {
        this.pool = pool;
        this.key = key;
        this.contexts = contexts;
    }

    PoolKey key() {
        return key;
    }

    int streams() {
        int streams = 0;
        for (ClientConnection connection : ready) {
            streams += connection.streams();
        }
        for (ClientConnection connection : leaving) {
            streams += connection.streams();
        }
        return streams;
    }

    PendingTunnel open(ConnectRequest request, OpenCallback callback) {
        Attempt attempt = new Attempt(request, callback, this::await);
        ClientConnection connection = withRoom();
        if (connection != null) {
            attempt.ask(connection, true, patience());
        } else {
            await(attempt);
        }
        return () -> {
            waiting.remove(attempt);
            attempt.cancel();
        };
    }

    /** The answer may take as long as the far end takes to connect to its target. */
    private Duration patience() {
        return pool.settings().connectTimeout().multipliedBy(2);
    }

    private @Nullable ClientConnection withRoom() {
        for (int i = 0; i < ready.size(); i++) {
            ClientConnection connection = ready.get(i);
            if (connection.room() > 0) {
                return connection;
            }
        }
        return null;
    }

    private void await(Attempt attempt) {
        if (pool.draining()) {
            attempt.fail(new OpenFailure.Draining());
            return;
        }
        waiting.add(attempt);
        if (creating == null) {
            create();
        }
    }

    private void create() {
        ClientConnection connection = new ClientConnection(pool.settings(), pool.counters(), this);
        creating = connection;
        pool.counted(1);
        ChannelFuture connect;
        try {
            connect = pool.connector().connect(key, pool.loop(), handlers(connection));
        } catch (RuntimeException noSocket) {
            // Without descriptors, for example. The next one may have more luck.
            failed(connection, new OpenFailure.Connect(noSocket));
            return;
        }
        connect.addListener(
                done -> {
                    if (!done.isSuccess()) {
                        Throwable cause = done.cause();
                        failed(
                                connection,
                                cause instanceof ConnectTimeoutException
                                        ? new OpenFailure.ConnectTimeout()
                                        : new OpenFailure.Connect(cause));
                    }
                });
    }

    private ChannelInitializer<Channel> handlers(ClientConnection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                HboneChannels.tunnels(channel);
                long timeout = pool.settings().connectTimeout().toMillis();
                channel.config().setConnectTimeoutMillis((int) timeout);
                connection.attach(channel, contexts, key.expected());
            }
        };
    }

    @Override
    public int assumedStreams() {
        return assumedStreams;
    }

    @Override
    public void settled(int peerStreams) {
        // A peer that takes none now may take some later.
        assumedStreams = Math.max(1, peerStreams);
    }

    @Override
    public void ready(ClientConnection connection) {
        if (creating != connection) {
            return;
        }
        creating = null;
        ready.add(connection);
        int before = waiting.size();
        serve(connection, true);
        if (!waiting.isEmpty() && waiting.size() == before) {
            // A peer that drains from the start: another connection would fare no better.
            failAll(new OpenFailure.H2("peer takes no tunnels"));
        } else if (!waiting.isEmpty() && creating == null) {
            create();
        }
        changed(connection);
    }

    /** Gives what room there is to those who wait; a second try insists on a fresh connection. */
    private void serve(ClientConnection connection, boolean fresh) {
        while (connection.room() > 0) {
            Attempt attempt = waiting.peek();
            if (attempt == null || (attempt.retried() && !fresh)) {
                return;
            }
            waiting.remove();
            attempt.ask(connection, !fresh, patience());
        }
    }

    /** Everybody who waits hears it: they would all have used this connection. */
    @Override
    public void failed(ClientConnection connection, OpenFailure failure) {
        if (creating != connection) {
            return;
        }
        creating = null;
        pool.counted(-1);
        failAll(failure);
        forgetIfEmpty();
    }

    private void failAll(OpenFailure failure) {
        List<Attempt> all = new ArrayList<>(waiting);
        waiting.clear();
        for (Attempt attempt : all) {
            attempt.fail(failure);
        }
    }

    @Override
    public void changed(ClientConnection connection) {
        if (!ready.contains(connection)) {
            return;
        }
        serve(connection, false);
        if (connection.drains()) {
            ready.remove(connection);
            leaving.add(connection);
        } else if (connection.streams() == 0) {
            // Also when the peer allows no streams at all, or it would be kept for nothing forever.
            connection.idle(pool.loop(), pool.settings().poolIdle());
        }
    }

    @Override
    public void closed(ClientConnection connection, OpenFailure why) {
        if (ready.remove(connection) || leaving.remove(connection)) {
            pool.counted(-1);
        } else if (creating == connection) {
            failed(connection, why);
        }
        forgetIfEmpty();
    }

    private void forgetIfEmpty() {
        if (ready.isEmpty() && leaving.isEmpty() && waiting.isEmpty() && creating == null) {
            pool.forget(key);
        }
    }

    /**
     * The workload is gone: what runs may finish, who waits for a connection to it hears so at
     * once.
     */
    void evict() {
        ClientConnection underWay = creating;
        if (underWay != null) {
            failed(underWay, new OpenFailure.Draining());
            underWay.close("workload gone");
        }
        drain();
    }

    void drain() {
        for (ClientConnection connection : new ArrayList<>(ready)) {
            connection.drain();
        }
    }

    void closeWhere(Predicate<SSLSession> match, String reason) {
        List<ClientConnection> all = new ArrayList<>(ready);
        all.addAll(leaving);
        if (creating != null) {
            // Its handshake may be over already.
            all.add(creating);
        }
        for (ClientConnection connection : all) {
            SSLSession session = connection.session();
            if (session != null && match.test(session)) {
                connection.close(reason);
            }
        }
    }

    void close() {
        ClientConnection underWay = creating;
        if (underWay != null) {
            failed(underWay, new OpenFailure.Draining());
            underWay.close("pool closed");
        }
        closeWhere(session -> true, "connection closed due to connection drain");
    }
}
