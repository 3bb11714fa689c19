package dev.ambit.waypoint;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.client.ads.DeltaSubscription;
import dev.ambit.client.ads.NodeInfo;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.client.ads.SyncState;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.signing.GrpcCertificateSigner;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.rotation.Priority;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.AdminServer;
import dev.ambit.runtime.admin.MetricsRoutes;
import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.waypoint.admin.AdminPages;
import dev.ambit.waypoint.admin.ConfigDump;
import dev.ambit.waypoint.telemetry.ProxyMetrics;
import dev.ambit.waypoint.telemetry.XdsMetrics;
import dev.ambit.waypoint.xds.AddressHandler;
import dev.ambit.waypoint.xds.SnapshotCompiler;
import dev.ambit.waypoint.xds.WaypointResources;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The process as a list of parts, in the order they start; they stop in reverse. Ports that answer
 * questions come first, so that a process that cannot go on can say why. The HBONE port refuses
 * handshakes while there is no certificate and tunnels while nothing was heard.
 */
final class Waypoint {

    private static final Log LOG = Log.get("app");
    private static final String VERSION = "0.1.0";

    private final WaypointConfig config;
    private final ControlPlaneConfig controlPlane;
    private final EventLoops loops;
    private final Lifecycle lifecycle;
    private final Drain drain;
    private final Readiness readiness = new Readiness();
    private final Readiness.Task stateTask = readiness.task("state manager");
    private final Readiness.Task certificateTask = readiness.task("certificate");
    private final Readiness.Task proxyTask = readiness.task("proxy");
    private final MetricsRegistry metrics;
    private final MeshState mesh = new MeshState("");
    private final Live<WaypointSnapshot> snapshot;

    Waypoint(
            WaypointConfig config,
            ControlPlaneConfig controlPlane,
            EventLoops loops,
            Lifecycle lifecycle,
            Drain drain) {
        this.config = config;
        this.controlPlane = controlPlane;
        this.loops = loops;
        this.lifecycle = lifecycle;
        this.drain = drain;
        this.metrics = MetricsRegistry.of("proxy", config.process().istioVersion());
        this.snapshot = new Live<>(WaypointSnapshot.empty(config.node().gateway()));
    }

    /** Starts everything. */
    void start() {
        WaypointConfig.Ports ports = config.ports();
        serve("readiness", AdminRoutes.create().with(readiness.routes()), any(ports.readiness()));
        serve("metrics", AdminRoutes.create().with(MetricsRoutes.of(metrics)), any(ports.stats()));
        CertificateRotation rotation = rotation();
        Live<CertificateState> certificate =
                rotation.watch(config.node().identity(), Priority.REAL_TIME);
        lifecycle.start("certificate", () -> {}, rotation::close);
        serveAdmin(certificate);
        DataPlane plane =
                new DataPlane(
                        config,
                        loops,
                        metrics,
                        new DataPlane.World(snapshot, mesh, certificate),
                        SplittableRandom::new);
        ProxyMetrics.register(metrics, plane.counters(), plane.openConnections()::count);
        startTraffic(plane);
        startState();
        certificate.onChange(this::certificateChanged);
        LOG.info(
                "started",
                "gateway",
                config.node().gateway().toString(),
                "identity",
                config.node().identity().uri(),
                "transport",
                loops.transport().name(),
                "workers",
                loops.data().size());
    }

    private void startTraffic(DataPlane plane) {
        lifecycle.start(
                "traffic",
                () -> {
                    IpPort bound = IpPort.of(plane.start());
                    LOG.info("listening", "part", "hbone", "address", bound.toString());
                    proxyTask.done();
                },
                plane::close);
        drain.onStart(
                () -> {
                    Drain.Token token = drain.hold("requests");
                    plane.drain(config.process().drainDeadline())
                            .whenComplete((done, failure) -> token.close());
                });
    }

    private CertificateRotation rotation() {
        IstiodChannel channel = IstiodChannel.open(controlPlane.ca(), loops);
        lifecycle.start("ca", () -> {}, channel::close);
        return new CertificateRotation(
                new GrpcCertificateSigner(channel, GrpcCertificateSigner.Mode.DEDICATED),
                loops.control(),
                loops.blocking(),
                new RotationConfig(config.process().secretTtl(), 1, TlsPolicy.DEFAULT),
                Clock.systemUTC());
    }

    private void certificateChanged(CertificateState state) {
        switch (state) {
            case CertificateState.Ready ready -> certificateTask.done();
            case CertificateState.Unavailable unavailable -> certificateTask.pending();
            case CertificateState.Fetching fetching -> {
                // Not yet: the task is pending from the start.
            }
        }
    }

    /** Subscribes to our configuration and to the mesh. */
    private void startState() {
        List<ResourceHandler<?>> handlers = new ArrayList<>();
        handlers.add(new AddressHandler(mesh));
        handlers.addAll(
                WaypointResources.handlers(
                        new SnapshotCompiler(config.node().gateway(), snapshot)));
        IstiodChannel channel = IstiodChannel.open(controlPlane.xds(), loops);
        DeltaSubscription subscription =
                DeltaSubscription.start(channel, node(), handlers, new XdsMetrics(metrics));
        lifecycle.start(
                "state",
                () ->
                        subscription
                                .state()
                                .onChange(
                                        state -> {
                                            if (state instanceof SyncState.Synced) {
                                                stateTask.done();
                                            }
                                        }),
                () -> {
                    subscription.close();
                    channel.close();
                });
    }

    private NodeInfo node() {
        WaypointConfig.Node node = config.node();
        String namespace = node.gateway().namespace();
        Map<String, Object> metadata = new LinkedHashMap<>(config.process().metadata());
        metadata.put("NAME", node.pod());
        metadata.put("NAMESPACE", namespace);
        metadata.put("INSTANCE_IPS", node.ip());
        metadata.put("GATEWAY_NAME", node.gateway().name());
        metadata.put("SERVICE_ACCOUNT", node.identity().serviceAccount());
        metadata.put("CLUSTER_ID", node.clusterId());
        return new NodeInfo(
                "waypoint~"
                        + node.ip()
                        + "~"
                        + node.pod()
                        + "."
                        + namespace
                        + "~"
                        + namespace
                        + ".svc.cluster.local",
                metadata);
    }

    private void serveAdmin(Live<CertificateState> certificate) {
        ConfigDump dump =
                new ConfigDump(
                        snapshot::current,
                        mesh,
                        certificate::current,
                        config.node().identity(),
                        Map.of(
                                "version",
                                VERSION,
                                "istioVersion",
                                config.process().istioVersion()));
        serve(
                "admin",
                AdminPages.routes(dump, readiness, () -> lifecycle.requestStop("quitquitquit")),
                at("127.0.0.1", config.ports().admin()));
    }

    private void serve(String part, AdminRoutes routes, SocketAddress address) {
        List<AdminServer> server = new ArrayList<>();
        lifecycle.start(
                part,
                () -> {
                    AdminServer bound = AdminServer.bind(loops, routes, address);
                    server.add(bound);
                    LOG.info(
                            "listening",
                            "part",
                            part,
                            "addresses",
                            String.valueOf(bound.addresses()));
                },
                () -> server.forEach(AdminServer::close));
    }

    private SocketAddress any(int port) {
        return at(config.ports().host(), port);
    }

    private static SocketAddress at(String address, int port) {
        return new IpPort(IpAddress.parse(address), port).toSocketAddress();
    }
}
