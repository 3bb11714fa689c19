package dev.ambit.waypoint;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.ExchangeLimits;
import dev.ambit.waypoint.ingress.IngressLimits;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.upstream.UpstreamLimits;
import dev.ambit.waypoint.xds.SnapshotCompiler;
import dev.ambit.waypoint.xds.Target;
import dev.ambit.waypoint.xds.WaypointResources;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A waypoint's data plane on loopback, its configuration given by hand as istiod would send it.
 * Clients connect by plain TCP where a tunnel would end; destinations are plain TCP too unless a
 * test says otherwise.
 */
final class TestMesh implements AutoCloseable {

    static final String NAMESPACE = "shop";
    static final GatewayName GATEWAY = new GatewayName(NAMESPACE, "waypoint");
    static final SpiffeId CLIENT = SpiffeId.of("cluster.local", NAMESPACE, "client");
    static final SpiffeId OWN = SpiffeId.of("cluster.local", NAMESPACE, "waypoint");
    static final int PORT = 9080;

    final EventLoops loops;
    final MeshState mesh = new MeshState("");
    final Live<WaypointSnapshot> snapshot = new Live<>(WaypointSnapshot.empty(GATEWAY));
    final Live<CertificateState> certificate;
    final MetricsRegistry metrics = MetricsRegistry.of("proxy", "test");
    final DataPlane plane;

    private final Map<String, ResourceHandler<?>> handlers = new HashMap<>();
    private final List<Acceptor> acceptors = new ArrayList<>();

    TestMesh() {
        this(config(Duration.ofMinutes(5)), new Live<>(new CertificateState.Fetching()));
    }

    TestMesh(WaypointConfig config, Live<CertificateState> certificate) {
        this.loops = TestLoops.start(TestLoops.transports().getFirst(), 2);
        this.certificate = certificate;
        for (ResourceHandler<?> handler :
                WaypointResources.handlers(new SnapshotCompiler(GATEWAY, snapshot))) {
            handlers.put(handler.typeUrl(), handler);
        }
        this.plane =
                new DataPlane(
                        config,
                        loops,
                        metrics,
                        new DataPlane.World(snapshot, mesh, certificate),
                        () -> new SplittableRandom(42));
        push(
                TypeUrls.WAYPOINT_LISTENER,
                new WaypointListener(GATEWAY, TrafficType.ALL, "waypoint", 15008));
        push(TypeUrls.WAYPOINT_SERVICE);
        push(TypeUrls.WAYPOINT_ROUTE);
        push(TypeUrls.WAYPOINT_POLICY);
    }

    static WaypointConfig config(Duration idle) {
        return new WaypointConfig(
                new WaypointConfig.Node(GATEWAY, OWN, "waypoint-1", "127.0.0.1", "", "Kubernetes"),
                new WaypointConfig.Ports("127.0.0.1", 0, 0, 0, 0),
                new WaypointConfig.Limits(
                        HboneSettings.defaults(),
                        IngressLimits.DEFAULT,
                        new ExchangeLimits(64 * 1024, 256 * 1024, 256, idle),
                        UpstreamLimits.DEFAULT),
                new WaypointConfig.ProcessOptions(
                        2, Duration.ofSeconds(5), Duration.ofHours(24), false, "test", Map.of()));
    }

    static NamespacedHostname host(String service) {
        return new NamespacedHostname(NAMESPACE, service + "." + NAMESPACE + ".svc.cluster.local");
    }

    /** A push of one type; what has the name of something older replaces it. */
    @SafeVarargs
    @SuppressWarnings("unchecked")
    final <T extends WaypointResource> void push(String typeUrl, T... resources) {
        ResourceHandler<T> handler = (ResourceHandler<T>) handler(typeUrl);
        List<Named<T>> named = new ArrayList<>();
        for (T resource : resources) {
            named.add(new Named<>(resource.resourceName(), resource));
        }
        handler.apply(named, List.of());
    }

    private ResourceHandler<?> handler(String typeUrl) {
        return Objects.requireNonNull(handlers.get(typeUrl));
    }

    void remove(String typeUrl, WaypointResource resource) {
        handler(typeUrl).apply(List.of(), List.of(resource.resourceName()));
    }

    void route(WaypointRoute route) {
        push(TypeUrls.WAYPOINT_ROUTE, route);
    }

    void policy(WaypointPolicy policy) {
        push(TypeUrls.WAYPOINT_POLICY, policy);
    }

    /** A service bound to the waypoint, with plain endpoints. */
    void service(String name, ServicePort.Protocol protocol, Destination... destinations) {
        service(name, protocol, List.of(destinations));
    }

    void service(String name, ServicePort.Protocol protocol, Collection<Destination> destinations) {
        NetworkAddress vip = new NetworkAddress("", vip(name));
        push(
                TypeUrls.WAYPOINT_SERVICE,
                new WaypointService(
                        host(name),
                        List.of(GATEWAY),
                        List.of(vip),
                        List.of(new ServicePort(PORT, PORT, "port", protocol))));
        List<MeshAddress> addresses = new ArrayList<>();
        addresses.add(
                MeshService.builder(host(name))
                        .name(name)
                        .vips(List.of(vip))
                        .ports(List.of(new Port(PORT, PORT, AppProtocol.UNKNOWN)))
                        .build());
        int number = 0;
        for (Destination each : destinations) {
            String pod = name + "-" + number++;
            addresses.add(
                    Workload.builder(
                                    "Kubernetes//Pod/" + NAMESPACE + "/" + pod,
                                    pod,
                                    each.identity())
                            .addresses(List.of(IpAddress.of(each.address().getAddress())))
                            .workloadName(name)
                            .canonicalName(name)
                            .canonicalRevision("v1")
                            .tunnelProtocol(each.tunnel())
                            .services(
                                    Map.of(
                                            host(name),
                                            List.of(
                                                    new Port(
                                                            PORT,
                                                            each.address().getPort(),
                                                            AppProtocol.UNKNOWN))))
                            .build());
        }
        mesh.applyAddresses(addresses, List.of());
    }

    /** A workload in the mesh, which has chosen the waypoint or not. */
    void workload(String name, InetAddress address, SpiffeId identity, boolean ours) {
        WaypointRef waypoint =
                new WaypointRef.ByHostname(host("waypoint"), WaypointRef.DEFAULT_HBONE_PORT);
        mesh.applyAddresses(
                List.of(
                        Workload.builder(
                                        "Kubernetes//Pod/" + NAMESPACE + "/" + name, name, identity)
                                .addresses(List.of(IpAddress.of(address)))
                                .tunnelProtocol(TunnelProtocol.HBONE)
                                .waypoint(ours ? waypoint : null)
                                .build()),
                List.of());
    }

    /** One endpoint. */
    record Destination(InetSocketAddress address, SpiffeId identity, TunnelProtocol tunnel) {
        static Destination plain(int port) {
            return plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }

        static Destination plain(InetSocketAddress address) {
            return new Destination(
                    address,
                    SpiffeId.of("cluster.local", NAMESPACE, "server"),
                    TunnelProtocol.NONE);
        }
    }

    static IpAddress vip(String service) {
        int number = Math.floorMod(service.hashCode(), 60_000);
        return IpAddress.parse("10.96." + (number >> 8) + "." + (number & 255));
    }

    /** A local port whose connections arrive as if by a tunnel to the service. */
    int open(String service) {
        Target target = new Target.OfService(host(service), PORT);
        ClientConnection client =
                new ClientConnection(
                        target,
                        new ConnectionFacts(
                                CLIENT,
                                IpPort.parse("10.1.0.7:40000"),
                                new IpPort(vip(service), PORT)),
                        Peer.of(CLIENT),
                        vip(service) + ":" + PORT);
        Acceptor acceptor =
                Acceptor.bind(
                        loops,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new EveryConnection(
                                channel ->
                                        plane.ingress()
                                                .open(
                                                        channel,
                                                        plane.context(channel.eventLoop()),
                                                        client)));
        acceptors.add(acceptor);
        return acceptor.address().getPort();
    }

    /** Installs the same on each accepted connection. */
    @ChannelHandler.Sharable
    private static final class EveryConnection extends ChannelInitializer<Channel> {
        private final Consumer<Channel> install;

        EveryConnection(Consumer<Channel> install) {
            this.install = install;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            install.accept(channel);
        }
    }

    String metrics() {
        return new String(metrics.scrape(null).body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        acceptors.forEach(Acceptor::close);
        plane.close();
        loops.close();
    }
}
