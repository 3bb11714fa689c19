package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 connections of one loop, by destination. The one used last is used next: it is the least
 * likely to have been closed by the destination meanwhile.
 */
final class Http1Pool {

    private static final class Bucket {
        final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
        int open;
    }

    private final Connector connector;
    private final UpstreamLimits limits;
    private final Map<PoolKey, Bucket> buckets = new HashMap<>();
    private boolean draining;

    Http1Pool(Connector connector, UpstreamLimits limits) {
        this.connector = connector;
        this.limits = limits;
    }

    void open(PoolKey key, UpstreamListener listener) {
        Bucket bucket = buckets.computeIfAbsent(key, k -> new Bucket());
        Http1Connection idle;
        while ((idle = bucket.idle.pollLast()) != null) {
            if (idle.usable()) {
                idle.begin(listener);
                return;
            }
        }
        if (bucket.open >= limits.maxConnectionsPerDestination()) {
            listener.failed(ProxyError.of(FailureKind.OVERFLOW));
            return;
        }
        connect(key, bucket, listener);
    }

    private void connect(PoolKey key, Bucket bucket, UpstreamListener listener) {
        bucket.open++;
        Http1Connection connection = new Http1Connection(this, key, limits);
        connector.connect(
                key.destination(),
                pipeline(connection),
                new Connector.Result() {
                    @Override
                    public void connected(Channel channel) {
                        connection.begin(listener);
                    }

                    @Override
                    public void failed(ProxyError error) {
                        closed(connection);
                        listener.failed(error);
                    }
                });
    }

    private ChannelHandler pipeline(Http1Connection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                HttpDecoderConfig config =
                        new HttpDecoderConfig()
                                .setMaxHeaderSize(limits.maxHeaderBytes())
                                .setMaxInitialLineLength(limits.maxHeaderBytes())
                                .setMaxChunkSize(256 * 1024);
                channel.pipeline()
                        .addLast("http", new HttpClientCodec(config, true, false))
                        .addLast("exchange", connection);
            }
        };
    }

    /** The connection's exchange is over and it can serve another one. */
    void idle(Http1Connection connection) {
        @Nullable Bucket bucket = buckets.get(connection.key());
        if (draining || bucket == null || bucket.idle.size() >= limits.maxIdlePerDestination()) {
            connection.close();
            return;
        }
        bucket.idle.addLast(connection);
        connection.startIdleTimer();
    }

    /** Called once for each connection that was opened or tried. */
    void closed(Http1Connection connection) {
        @Nullable Bucket bucket = buckets.get(connection.key());
        if (bucket == null) {
            return;
        }
        bucket.open--;
        bucket.idle.remove(connection);
        if (bucket.open == 0) {
            buckets.remove(connection.key());
        }
    }

    /** Closes what is unused now and everything else when its exchange ends. */
    void drain() {
        draining = true;
        for (Bucket bucket : new ArrayList<>(buckets.values())) {
            new ArrayList<>(bucket.idle).forEach(Http1Connection::close);
        }
    }

    int openConnections() {
        return buckets.values().stream().mapToInt(b -> b.open).sum();
    }
}
