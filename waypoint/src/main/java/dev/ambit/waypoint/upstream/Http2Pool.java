package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP/2 connections of one loop, by destination; each carries many requests at once. */
final class Http2Pool {

    private final Connector connector;
    private final UpstreamLimits limits;
    private final Map<PoolKey, List<Http2Connection>> connections = new HashMap<>();
    private boolean draining;

    Http2Pool(Connector connector, UpstreamLimits limits) {
        this.connector = connector;
        this.limits = limits;
    }

    void open(PoolKey key, UpstreamListener listener) {
        List<Http2Connection> open = connections.computeIfAbsent(key, k -> new ArrayList<>());
        for (Http2Connection connection : open) {
            if (connection.hasRoom()) {
                connection.open(listener);
                return;
            }
        }
        if (open.size() >= limits.maxConnectionsPerDestination()) {
            listener.failed(ProxyError.of(FailureKind.OVERFLOW));
            return;
        }
        Http2Connection connection = new Http2Connection(this, key, limits);
        open.add(connection);
        connection.open(listener);
        connector.connect(
                key.destination(),
                connection.initializer(),
                new Connector.Result() {
                    @Override
                    public void connected(Channel channel) {
                        connection.connected(channel);
                    }

                    @Override
                    public void failed(ProxyError error) {
                        connection.failed(error);
                    }
                });
    }

    /** The connection takes no new streams any more: closed, failed, or told to go away. */
    void retire(Http2Connection connection) {
        @Nullable List<Http2Connection> open = connections.get(connection.key());
        if (open != null && open.remove(connection) && open.isEmpty()) {
            connections.remove(connection.key());
        }
    }

    void drain() {
        draining = true;
        for (List<Http2Connection> open : new ArrayList<>(connections.values())) {
            new ArrayList<>(open).forEach(Http2Connection::closeWhenIdle);
        }
    }

    boolean draining() {
        return draining;
    }

    int openConnections() {
        return connections.values().stream().mapToInt(List::size).sum();
    }
}
