package dev.ambit.istiod;

import dev.ambit.identity.TrustDomain;
import dev.ambit.istiod.admin.DebugPages;
import dev.ambit.istiod.admin.MeshPages;
import dev.ambit.istiod.admin.SyncPages;
import dev.ambit.istiod.ca.CaMetrics;
import dev.ambit.istiod.ca.CallerAuthenticator;
import dev.ambit.istiod.ca.CertificateService;
import dev.ambit.istiod.ca.IstiodTls;
import dev.ambit.istiod.ca.NodeAuthorizer;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.xds.DeltaXdsService;
import dev.ambit.istiod.xds.EvidenceInterceptor;
import dev.ambit.istiod.xds.XdsLimits;
import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.AdminServer;
import dev.ambit.runtime.admin.LoggingRoutes;
import dev.ambit.runtime.admin.MetricsRoutes;
import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the process, in the order they start: the mesh on its loop, the authority, the
 * source; then, when the source has been read once, the ports that proxies come to. Until then
 * nothing is told to anybody: half a mesh is worse than none.
 */
final class Istiod {
    static final String VERSION = "0.1.0";
    private static final Log LOG = Log.get("istiod");

    private final IstiodConfig config;
    private final EventLoops loops;
    private final Lifecycle lifecycle;
    private final Clock clock = Clock.systemUTC();
    private final MetricsRegistry registry = MetricsRegistry.of("pilot", VERSION);
    private final IstiodMetrics metrics = new IstiodMetrics(registry, VERSION);
    private final Readiness readiness = new Readiness();
    private final CompletableFuture<Void> synced = new CompletableFuture<>();
    private final ControlPlane plane;
    private final ObjectSource objects;
    private final DeltaXdsService xds;

    private final List<AdminServer> admin = new ArrayList<>();
    private final Map<String, Integer> bound = new TreeMap<>();

    /**
     * @param loops two data loops: the mesh lives on the first, connections on the second
     */
    Istiod(IstiodConfig config, EventLoops loops, Lifecycle lifecycle) {
        this.config = config;
        this.loops = loops;
        this.lifecycle = lifecycle;
        this.plane =
                new ControlPlane(
                        new MeshLoop(loops.data().get(0), config.debounce()),
                        config.mesh(),
                        metrics::recipeFailed,
                        () -> synced.complete(null));
        this.objects =
                switch (config.objects()) {
                    case IstiodConfig.ObjectsFrom.Directory from ->
                            ObjectSource.directory(from, loops, metrics, clock);
                    case IstiodConfig.ObjectsFrom.Kubernetes from ->
                            ObjectSource.kubernetes(
                                    from, loops, metrics, plane, config.mesh().clusterId());
                };
        metrics.convergenceFrom(plane::sinceChange);
        plane.loop().onWave(() -> metrics.told(plane.ambient().services().entries().size()));
        this.xds =
                new DeltaXdsService(
                        plane.loop(), plane.catalog(), XdsLimits.DEFAULT, metrics, clock);
    }

    void start() {
        Readiness.Task read = readiness.task(objects.name());
        Readiness.Task ports = readiness.task("ports");
        lifecycle.start("admin", this::startAdmin, this::stopAdmin);
        Authority authority = Authority.open(config, loops.control(), clock);
        lifecycle.start("authority", () -> {}, authority::close);
        lifecycle.start(
                "source", () -> objects.source().start(this::changed), () -> objects.end().run());
        synced.join();
        read.done();
        startPorts(authority);
        ports.done();
        lifecycle.start("streams", xds::start, xds::stop);
    }

    private void changed(List<MeshObject> taken, List<MeshObject> removed) {
        taken.forEach(o -> metrics.event(o, "update"));
        removed.forEach(o -> metrics.event(o, "delete"));
        plane.changed(taken, removed);
    }

    private void startPorts(Authority authority) {
        CallerAuthenticator known =
                Callers.known(config, objects.callers(), authority.certificates(), clock);
        CertificateService certificates =
                new CertificateService(
                        authority.certificates(),
                        known,
                        new NodeAuthorizer(
                                new TrustDomain(config.mesh().trustDomain()),
                                Callers.workloads(plane)),
                        CaMetrics.register(registry, authority.certificates(), clock),
                        loops.blocking(),
                        clock);
        GrpcPort.Guarded secureXds =
                new GrpcPort.Guarded(xds, new EvidenceInterceptor(Callers.ofStreams(known)));
        SslContext tls = IstiodTls.server(authority.certificates(), config.serverNames(), clock);
        List<GrpcPort.Guarded> secure =
                List.of(secureXds, new GrpcPort.Guarded(certificates, null));
        open("secure", () -> bind(config.ports().secure(), tls, secure));
        List<GrpcPort.Guarded> plaintext =
                List.of(new GrpcPort.Guarded(xds, new EvidenceInterceptor(Callers.anybody())));
        config.ports()
                .plaintext()
                .ifPresent(address -> open("plaintext", () -> bind(address, null, plaintext)));
    }

    private GrpcPort bind(
            InetSocketAddress address, @Nullable SslContext tls, List<GrpcPort.Guarded> services) {
        return GrpcPort.bind(address, tls, loops, loops.data().get(1), services);
    }

    private void open(String name, Supplier<GrpcPort> port) {
        GrpcPort made = port.get();
        bound.put(name, made.port());
        LOG.info("listener established", "name", name, "port", made.port());
        lifecycle.start(name + " port", () -> {}, made::close);
    }

    private void startAdmin() {
        DebugPages debug = debugPages();
        AdminRoutes http =
                AdminRoutes.create()
                        .get("/ready", r -> ready())
                        .get("/version", r -> AdminResponse.text(VERSION + "\n"))
                        .with(LoggingRoutes.standard())
                        .with(debug);
        AdminRoutes monitoring =
                AdminRoutes.create()
                        .get("/version", r -> AdminResponse.text(VERSION + "\n"))
                        .with(MetricsRoutes.of(registry))
                        .with(debug);
        admin.add(AdminServer.bind(loops, http, config.ports().http()));
        admin.add(AdminServer.bind(loops, monitoring, config.ports().monitoring()));
        LOG.info(
                "listener established",
                "name",
                "admin",
                "http",
                admin.get(0).port(),
                "monitoring",
                admin.get(1).port());
        bound.put("http", admin.get(0).port());
        bound.put("monitoring", admin.get(1).port());
    }

    /** Ports by name, as they were bound: secure, plaintext, http, monitoring. */
    Map<String, Integer> ports() {
        return bound;
    }

    private void stopAdmin() {
        admin.forEach(AdminServer::close);
    }

    private AdminResponse ready() {
        return readiness.ready()
                ? AdminResponse.text("ready\n")
                : AdminResponse.text(
                        503, "not ready: " + String.join(", ", readiness.pendingTasks()) + "\n");
    }

    private DebugPages debugPages() {
        MeshPages mesh = new MeshPages(plane.inputs(), plane.ambient(), plane.graph());
        String cluster = config.mesh().clusterId();
        return new DebugPages(config.debugFromAnywhere())
                .page(
                        "syncz",
                        "what each proxy was told and took",
                        () -> xds.status().thenApply(s -> SyncPages.syncz(s, VERSION, cluster)))
                .page(
                        "adsz",
                        "the streams of proxies",
                        () -> xds.status().thenApply(SyncPages::adsz))
                .page("ambientz", "what ztunnels are told", () -> onLoop(mesh::ambientz))
                .page("registryz", "services, endpoints, waypoints", () -> onLoop(mesh::registryz))
                .page("configz", "names of the objects in use", () -> onLoop(mesh::configz))
                .page("krtz", "tables and what they cost", () -> onLoop(mesh::krtz))
                .page(
                        objects.name(),
                        "what is read, and objects not taken",
                        () -> done(objects.page().get()))
                .page(
                        "connections",
                        "the streams of proxies",
                        () -> xds.status().thenApply(SyncPages::adsz));
    }

    private <T> CompletionStage<T> onLoop(Supplier<T> page) {
        CompletableFuture<T> future = new CompletableFuture<>();
        plane.loop().execute(() -> future.completeAsync(page, Runnable::run));
        return future;
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
