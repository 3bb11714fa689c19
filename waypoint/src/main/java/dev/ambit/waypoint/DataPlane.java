package dev.ambit.waypoint;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.server.HboneServer;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Logging;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.waypoint.cluster.Endpoints;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.exchange.Telemetry;
import dev.ambit.waypoint.ingress.IngressPipeline;
import dev.ambit.waypoint.ingress.OpenConnections;
import dev.ambit.waypoint.telemetry.AccessLog;
import dev.ambit.waypoint.telemetry.MirrorMetrics;
import dev.ambit.waypoint.telemetry.RequestMetrics;
import dev.ambit.waypoint.telemetry.TcpMetrics;
import dev.ambit.waypoint.upstream.MeshConnector;
import dev.ambit.waypoint.upstream.Upstreams;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What carries traffic: one HBONE listener, and for each data loop the state its connections share.
 * Composes only; owns the listener, the pools and their end.
 */
final class DataPlane {

    /** What comes from outside: all of it changes while traffic flows. */
    record World(
            Live<WaypointSnapshot> snapshot, MeshView mesh, Live<CertificateState> certificate) {}

    /** One loop's share. */
    private record LoopPart(LoopContext context, Upstreams upstreams, HbonePool pool) {}

    private final WaypointConfig config;
    private final EventLoops loops;
    private final World world;
    private final Telemetry telemetry;
    private final HboneCounters counters = new HboneCounters();
    private final OpenConnections open = new OpenConnections();
    private final Map<EventLoop, LoopPart> parts = new HashMap<>();
    private final IngressPipeline ingress;
    private final TlsContexts refusing = MeshTls.refusing();
    private @Nullable HboneServer server;
    private @Nullable Acceptor acceptor;

    /**
     * @param randoms one generator for each loop
     */
    DataPlane(
            WaypointConfig config,
            EventLoops loops,
            MetricsRegistry metrics,
            World world,
            Supplier<RandomGenerator> randoms) {
        this.config = config;
        this.loops = loops;
        this.world = world;
        this.telemetry =
                new Telemetry(
                        new RequestMetrics(metrics),
                        new TcpMetrics(metrics),
                        new MirrorMetrics(metrics),
                        config.process().accessLog()
                                ? AccessLog.to(Logging::line)
                                : AccessLog.off());
        for (EventLoop loop : loops.data()) {
            parts.put(loop, part(loop, randoms.get()));
        }
        this.ingress =
                new IngressPipeline(
                        this::context,
                        config.node().network(),
                        config.limits().ingress(),
                        TunnelChannelFactory::wrap,
                        open);
    }

    private LoopPart part(EventLoop loop, RandomGenerator random) {
        HbonePool pool =
                new HbonePool(loop, config.limits().hbone(), counters, this::connectTunnel);
        MeshConnector connector =
                new MeshConnector(
                        new MeshConnector.Shared(
                                loops,
                                world.certificate(),
                                TunnelChannelFactory::wrap,
                                baggage(),
                                config.limits().upstream().connectTimeout()),
                        loop,
                        pool);
        Upstreams upstreams = new Upstreams(connector, config.limits().upstream());
        LoopContext context =
                new LoopContext(
                        loop,
                        world.snapshot(),
                        world.mesh(),
                        upstreams,
                        telemetry,
                        new LoopContext.Tuning(
                                config.limits().exchange(),
                                config.node().network(),
                                random,
                                new Endpoints(world.mesh(), this::self)));
        return new LoopPart(context, upstreams, pool);
    }

    /** What the far side's metrics say of us. */
    private String baggage() {
        return "k8s.cluster.name="
                + config.node().clusterId()
                + ",k8s.namespace.name="
                + config.node().gateway().namespace()
                + ",k8s.deployment.name="
                + config.node().gateway().name()
                + ",service.name="
                + config.node().gateway().name();
    }

    private @Nullable Workload self(MeshView mesh) {
        return mesh.workload(
                new NetworkAddress(config.node().network(), IpAddress.parse(config.node().ip())));
    }

    private ChannelFuture connectTunnel(PoolKey key, EventLoop loop, ChannelHandler handler) {
        SocketChannel channel = loops.transport().newSocket();
        channel.pipeline().addLast(handler);
        ChannelFuture registered = loop.register(channel);
        if (registered.cause() != null) {
            return registered;
        }
        // On io_uring a socket whose connect failed stays until somebody closes it.
        return channel.connect(key.address()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private TlsContexts tls() {
        return switch (world.certificate().current()) {
            case CertificateState.Ready ready -> ready.contexts();
            case CertificateState.Fetching fetching -> refusing;
            case CertificateState.Unavailable unavailable -> refusing;
        };
    }

    /** The shared state of a data loop. */
    LoopContext context(EventLoop loop) {
        @Nullable LoopPart part = parts.get(loop);
        if (part == null) {
            throw new IllegalArgumentException("loop: " + loop + " (expected: a data loop)");
        }
        return part.context();
    }

    IngressPipeline ingress() {
        return ingress;
    }

    OpenConnections openConnections() {
        return open;
    }

    HboneCounters counters() {
        return counters;
    }

    /** Binds the HBONE port. */
    InetSocketAddress start() {
        server =
                new HboneServer(
                        new HboneServer.Parts(
                                config.limits().hbone(),
                                counters,
                                this::tls,
                                ingress,
                                new IngressEvents()));
        acceptor =
                Acceptor.bind(
                        loops,
                        new InetSocketAddress(config.ports().host(), config.ports().hbone()),
                        server.childHandler());
        return acceptor.address();
    }

    /** Takes nothing new, finishes what is under way, breaks the rest at the deadline. */
    CompletableFuture<Void> drain(Duration deadline) {
        if (acceptor != null) {
            acceptor.close();
        }
        open.drain();
        return server == null ? CompletableFuture.completedFuture(null) : server.drain(deadline);
    }

    /** Ends everything. */
    void close() {
        if (acceptor != null) {
            acceptor.close();
        }
        if (server != null) {
            server.close();
        }
        parts.forEach(
                (loop, part) ->
                        loop.execute(
                                () -> {
                                    part.context().close();
                                    part.upstreams().drain();
                                    part.pool().close();
                                }));
    }
}
