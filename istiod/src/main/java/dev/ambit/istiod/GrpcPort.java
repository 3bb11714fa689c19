package dev.ambit.istiod;

import dev.ambit.runtime.net.EventLoops;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A port that speaks gRPC, on one event loop. */
final class GrpcPort implements AutoCloseable {
    /** A first request of a proxy that knew a million resources still fits. */
    private static final int MAX_REQUEST_BYTES = 64 * 1024 * 1024;

    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final int STREAMS_PER_CONNECTION = 100;

    /** Proxies ping every 10 s or more rarely; more often is an attack. */
    private static final int PING_SECONDS = 5;

    /** A service and who guards it. */
    record Guarded(BindableService service, @Nullable ServerInterceptor guard) {}

    private final Server server;

    private GrpcPort(Server server) {
        this.server = server;
    }

    static GrpcPort bind(
            InetSocketAddress address,
            @Nullable SslContext tls,
            EventLoops loops,
            EventLoop loop,
            List<Guarded> services) {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(address)
                        .channelFactory(loops.transport()::newServerSocket)
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop)
                        // Callbacks only hop to the mesh loop, so they need no thread of their own.
                        .directExecutor()
                        .maxInboundMessageSize(MAX_REQUEST_BYTES)
                        .maxInboundMetadataSize(MAX_HEADER_BYTES)
                        .maxConcurrentCallsPerConnection(STREAMS_PER_CONNECTION)
                        .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(30, TimeUnit.SECONDS)
                        .keepAliveTimeout(10, TimeUnit.SECONDS);
        if (tls != null) {
            builder.sslContext(tls);
        }
        for (Guarded g : services) {
            List<ServerInterceptor> guards = new ArrayList<>();
            if (g.guard() != null) {
                guards.add(g.guard());
            }
            builder.addService(ServerInterceptors.intercept(g.service(), guards));
        }
        try {
            return new GrpcPort(builder.build().start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address, e);
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
