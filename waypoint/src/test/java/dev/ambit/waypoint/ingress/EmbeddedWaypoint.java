package dev.ambit.waypoint.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.waypoint.cluster.Endpoints;
import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.ExchangeLimits;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.exchange.Telemetry;
import dev.ambit.waypoint.telemetry.AccessLog;
import dev.ambit.waypoint.telemetry.MirrorMetrics;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.telemetry.RequestMetrics;
import dev.ambit.waypoint.telemetry.TcpMetrics;
import dev.ambit.waypoint.upstream.Connector;
import dev.ambit.waypoint.upstream.Destination;
import dev.ambit.waypoint.upstream.UpstreamLimits;
import dev.ambit.waypoint.upstream.Upstreams;
import dev.ambit.waypoint.xds.SnapshotCompiler;
import dev.ambit.waypoint.xds.Target;
import dev.ambit.waypoint.xds.WaypointResources;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client connection and its destinations as embedded channels, with time that stands still. */
final class EmbeddedWaypoint implements AutoCloseable {

    private static final GatewayName GATEWAY = new GatewayName("shop", "waypoint");
    static final NamespacedHostname REVIEWS =
            new NamespacedHostname("shop", "reviews.shop.svc.cluster.local");
    private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
    static final String GET = "GET / HTTP/1.1\r\nHost: reviews\r\n\r\n";

    final EmbeddedChannel client = new EmbeddedChannel();
    final List<EmbeddedChannel> destinations = new ArrayList<>();
    final MeshState mesh = new MeshState("");
    private final Live<WaypointSnapshot> snapshot = new Live<>(WaypointSnapshot.empty(GATEWAY));
    private final Map<String, ResourceHandler<?>> handlers = new HashMap<>();
    final List<String> log = new ArrayList<>();
    private final MetricsRegistry metrics = MetricsRegistry.of("proxy", "test");
    private final LoopContext context;

    EmbeddedWaypoint() {
        client.freezeTime();
        WaypointResources.handlers(new SnapshotCompiler(GATEWAY, snapshot))
                .forEach(handler -> handlers.put(handler.typeUrl(), handler));
        handlers.keySet().forEach(type -> push(type, List.of()));
        push(
                TypeUrls.WAYPOINT_SERVICE,
                List.of(
                        new WaypointService(
                                REVIEWS,
                                List.of(GATEWAY),
                                List.of(),
                                List.of(
                                        new ServicePort(
                                                80, 80, "http", ServicePort.Protocol.HTTP11)))));
        endpoints(1);
        context =
                new LoopContext(
                        client.eventLoop(),
                        snapshot,
                        mesh,
                        new Upstreams(new Embedded(), UpstreamLimits.DEFAULT),
                        new Telemetry(
                                new RequestMetrics(metrics),
                                new TcpMetrics(metrics),
                                new MirrorMetrics(metrics),
                                AccessLog.to(log::add)),
                        new LoopContext.Tuning(
                                ExchangeLimits.DEFAULT,
                                "",
                                new SplittableRandom(1),
                                new Endpoints(mesh, view -> null)));
        ClientConnection connection =
                new ClientConnection(
                        new Target.OfService(REVIEWS, 80),
                        new ConnectionFacts(
                                SpiffeId.of("cluster.local", "shop", "client"),
                                IpPort.parse("10.0.0.1:5000"),
                                new IpPort(VIP, 80)),
                        Peer.UNKNOWN,
                        "10.96.0.1:80");
        Http1Codec codec = new Http1Codec(IngressLimits.DEFAULT);
        client.pipeline()
                .addLast(codec)
                .addLast(new Http1ServerHandler(context, connection, IngressLimits.DEFAULT, codec));
    }

    /** Everything ended: no exchange left, nothing of the client's unread. */
    @Override
    public void close() {
        client.finishAndReleaseAll();
        destinations.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertThat(context.activeExchanges()).isZero();
    }

    @SuppressWarnings("unchecked")
    private <T extends WaypointResource> void push(String type, List<T> resources) {
        ResourceHandler<T> handler =
                (ResourceHandler<T>) Objects.requireNonNull(handlers.get(type));
        handler.apply(
                resources.stream().map(r -> new Named<>(r.resourceName(), r)).toList(), List.of());
    }

    void endpoints(int count) {
        List<MeshAddress> all = new ArrayList<>();
        all.add(
                MeshService.builder(REVIEWS)
                        .ports(List.of(new Port(80, 80, AppProtocol.UNKNOWN)))
                        .build());
        for (int i = 0; i < count; i++) {
            all.add(
                    Workload.builder(
                                    "uid" + i, "pod" + i, SpiffeId.of("cluster.local", "shop", "r"))
                            .addresses(List.of(IpAddress.parse("10.0.1." + i)))
                            .services(
                                    Map.of(REVIEWS, List.of(new Port(80, 80, AppProtocol.UNKNOWN))))
                            .build());
        }
        mesh.applyAddresses(all, List.of());
    }

    void route(Timeouts timeouts, @Nullable Retry retry, RouteFilter... filters) {
        RouteRule rule =
                new RouteRule(
                        "rule",
                        List.of(),
                        List.of(filters),
                        List.of(new Backend(new BackendRef.ToService(REVIEWS, 80), 1, List.of())),
                        timeouts,
                        retry);
        push(
                TypeUrls.WAYPOINT_ROUTE,
                List.of(
                        new WaypointRoute(
                                "HTTPRoute",
                                "shop",
                                "reviews",
                                Instant.EPOCH,
                                List.of(new Parent.ToService(REVIEWS, 0)),
                                List.of(),
                                List.of(rule))));
    }

    /** Destinations appear as embedded channels on the client's time. */
    private final class Embedded implements Connector {
        @Override
        public void connect(Destination to, ChannelHandler handler, Result result) {
            EmbeddedChannel channel = new EmbeddedChannel(handler);
            destinations.add(channel);
            result.connected(channel);
        }

        @Override
        public BigInteger certificateSerial() {
            return BigInteger.ZERO;
        }
    }

    static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    static String written(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        ByteBuf part;
        while ((part = channel.readOutbound()) != null) {
            all.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return all.toString();
    }

    void ask(String wire) {
        client.writeInbound(bytes(wire));
    }

    void pass(Duration time) {
        client.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        client.runScheduledPendingTasks();
    }
}
