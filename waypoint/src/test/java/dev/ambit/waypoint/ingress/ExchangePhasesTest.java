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
import io.netty.handler.codec.http.HttpHeaderNames;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One client connection and its destinations as embedded channels, with time that stands still. */
final class ExchangePhasesTest {

    private static final GatewayName GATEWAY = new GatewayName("shop", "waypoint");
    private static final NamespacedHostname REVIEWS =
            new NamespacedHostname("shop", "reviews.shop.svc.cluster.local");
    private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
    private static final String GET = "GET / HTTP/1.1\r\nHost: reviews\r\n\r\n";

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final List<EmbeddedChannel> destinations = new ArrayList<>();
    private final MeshState mesh = new MeshState("");
    private final Live<WaypointSnapshot> snapshot = new Live<>(WaypointSnapshot.empty(GATEWAY));
    private final Map<String, ResourceHandler<?>> handlers = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private final MetricsRegistry metrics = MetricsRegistry.of("proxy", "test");
    private @Nullable LoopContext context;

    @BeforeEach
    void start() {
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
    @AfterEach
    void nothingIsLeft() {
        client.finishAndReleaseAll();
        destinations.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertThat(Objects.requireNonNull(context).activeExchanges()).isZero();
    }

    @SuppressWarnings("unchecked")
    private <T extends WaypointResource> void push(String type, List<T> resources) {
        ResourceHandler<T> handler =
                (ResourceHandler<T>) Objects.requireNonNull(handlers.get(type));
        handler.apply(
                resources.stream().map(r -> new Named<>(r.resourceName(), r)).toList(), List.of());
    }

    private void endpoints(int count) {
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

    private void route(Timeouts timeouts, @Nullable Retry retry, RouteFilter... filters) {
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

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static String written(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        ByteBuf part;
        while ((part = channel.readOutbound()) != null) {
            all.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return all.toString();
    }

    private void ask(String wire) {
        client.writeInbound(bytes(wire));
    }

    private void pass(Duration time) {
        client.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        client.runScheduledPendingTasks();
    }

    @Test
    void anAnswerComesBackAndTheConnectionServesTheNextRequest() {
        for (int i = 0; i < 3; i++) {
            ask(GET);
            assertThat(written(destinations.getFirst())).startsWith("GET / HTTP/1.1\r\n");
            destinations
                    .getFirst()
                    .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
            assertThat(written(client)).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
        assertThat(destinations).hasSize(1);
        assertThat(log).hasSize(3);
        assertThat(log.getFirst())
                .contains("\"GET / HTTP/1.1\" 200 - via_upstream")
                .contains("inbound-vip|80|http|" + REVIEWS.hostname());
    }

    @Test
    void theWholeTimeRunsFromTheEndOfTheRequest() {
        route(new Timeouts(Duration.ofSeconds(2), Duration.ZERO), Retry.NONE);
        ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh");
        pass(Duration.ofSeconds(10));
        assertThat(written(client)).isEmpty();
        ask("i");
        pass(Duration.ofMillis(1999));
        assertThat(written(client)).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(written(client))
                .startsWith("HTTP/1.1 504 ")
                .endsWith("upstream request timeout");
        assertThat(destinations.getFirst().isOpen()).isFalse();
        assertThat(log.getFirst()).contains("504 UT upstream_response_timeout");
    }

    @Test
    void triesAgainAtAnotherEndpointAfterAPause() {
        endpoints(2);
        route(Timeouts.NONE, new Retry(1, List.of(503), Duration.ofMillis(10)));
        ask(GET);
        destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 503 X\r\ncontent-length: 3\r\n\r\nbad"));
        assertThat(destinations).hasSize(1);
        pass(Duration.ofSeconds(1));
        assertThat(destinations).hasSize(2);
        destinations.get(1).writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        assertThat(written(client)).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void anAnswerWithoutAnotherTryIsPassedOn() {
        route(Timeouts.NONE, new Retry(1, List.of(503), Duration.ofMillis(10)));
        ask(GET);
        for (int i = 0; i < 2; i++) {
            destinations
                    .get(i)
                    .writeInbound(bytes("HTTP/1.1 503 X\r\ncontent-length: 3\r\n\r\nbad"));
            pass(Duration.ofSeconds(1));
        }
        assertThat(written(client)).startsWith("HTTP/1.1 503 X").endsWith("bad");
        assertThat(log.getFirst()).contains("503 URX via_upstream");
    }

    @Test
    void aConnectionThatWentStaleIsReplacedForRequestsThatMayBeRepeated() {
        ask(GET);
        destinations.getFirst().writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        written(client);
        ask(GET);
        destinations.getFirst().close();
        pass(Duration.ofSeconds(1));
        destinations.get(1).writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        assertThat(written(client)).endsWith("ok");
        written(client);
        ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        destinations.get(1).close();
        pass(Duration.ofSeconds(1));
        assertThat(written(client)).startsWith("HTTP/1.1 503 ").contains("connection termination");
    }

    @Test
    void anExchangeThatDoesNotMoveIsEnded() {
        ask(GET);
        for (int i = 0; i < 28; i++) {
            pass(Duration.ofSeconds(10));
        }
        assertThat(written(client)).isEmpty();
        for (int i = 0; i < 8; i++) {
            pass(Duration.ofSeconds(10));
        }
        assertThat(written(client)).startsWith("HTTP/1.1 408 ").endsWith("stream timeout");
        assertThat(log.getFirst()).contains("408 SI stream_idle_timeout");
    }

    @Test
    void aHeadThatDoesNotEndIsRefused() {
        ask("GET / HTTP/1.1\r\nHost: a\r\n");
        ask("X: y");
        pass(Duration.ofSeconds(14));
        assertThat(client.isOpen()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(written(client)).startsWith("HTTP/1.1 408 ");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aClientThatLeavesTakesItsRequestWithIt() {
        ask(GET);
        client.close();
        assertThat(destinations.getFirst().isOpen()).isFalse();
        assertThat(log.getFirst()).contains(" 0 DC downstream_remote_disconnect");
    }

    @Test
    void anAnswerCutOffIsNotMadeToLookComplete() {
        ask(GET);
        destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"));
        destinations.getFirst().close();
        assertThat(written(client)).endsWith("ok");
        assertThat(client.isOpen()).isFalse();
        assertThat(log.getFirst()).contains("200 UC");
    }

    @Test
    void aGarbledAnswerIs502() {
        ask(GET);
        destinations.getFirst().writeInbound(bytes("SSH-2.0-x\r\n\r\n"));
        assertThat(written(client)).startsWith("HTTP/1.1 502 ").contains("protocol error");
        assertThat(log.getFirst()).contains("502 UPE");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestEndsTheUpload() {
        ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        destinations
                .getFirst()
                .writeInbound(bytes("HTTP/1.1 413 Too\r\ncontent-length: 0\r\n\r\n"));
        assertThat(written(client)).startsWith("HTTP/1.1 413 Too");
        assertThat(destinations.getFirst().isOpen()).isFalse();
        ask("67890" + GET);
        assertThat(destinations).hasSize(2);
        destinations.get(1).writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(client)).startsWith("HTTP/1.1 204 No");
    }

    @Test
    void earlyHintsPassAndContinuesDoNot() {
        ask(GET);
        destinations
                .getFirst()
                .writeInbound(
                        bytes(
                                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: </a>\r\n\r\n"));
        destinations.getFirst().writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(client))
                .isEqualTo("HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
    }

    @Test
    void corsQuestionsAreAnsweredHere() {
        route(
                Timeouts.NONE,
                null,
                new RouteFilter.Cors(
                        List.of("https://*.example"),
                        true,
                        List.of("GET", "PUT"),
                        List.of("x-a"),
                        List.of(),
                        Duration.ofHours(1)));
        String origin = "origin: https://shop.example\r\n";
        ask(
                "OPTIONS / HTTP/1.1\r\nHost: a\r\n"
                        + origin
                        + "access-control-request-method: PUT\r\n\r\n");
        assertThat(destinations).isEmpty();
        assertThat(written(client))
                .startsWith("HTTP/1.1 200 OK")
                .contains("access-control-allow-origin: https://shop.example\r\n")
                .contains("access-control-allow-methods: GET,PUT\r\n")
                .contains("access-control-max-age: 3600\r\n");
        ask("GET / HTTP/1.1\r\nHost: a\r\n" + origin + "\r\n");
        destinations.getFirst().writeInbound(bytes("HTTP/1.1 204 No\r\n\r\n"));
        assertThat(written(client))
                .contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS + ": true\r\n");
    }

    @Test
    void failuresOfConnectingAreTold() {
        mesh.applyAddresses(List.of(), List.of("uid0"));
        ask(GET);
        assertThat(written(client)).endsWith("no healthy upstream");
        assertThat(log.getFirst()).contains("503 UH no_healthy_upstream");
    }
}
