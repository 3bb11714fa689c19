package dev.ambit.ztunnel;

import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.AdminServer;
import dev.ambit.runtime.admin.LoggingRoutes;
import dev.ambit.runtime.admin.MetricsRoutes;
import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.admin.AdminPages;
import dev.ambit.ztunnel.admin.ConfigDump;
import dev.ambit.ztunnel.admin.ExplainPage;
import dev.ambit.ztunnel.handover.DrainPage;
import dev.ambit.ztunnel.handover.Elders;
import dev.ambit.ztunnel.handover.HandoverConfig;
import dev.ambit.ztunnel.handover.HandoverMetrics;
import dev.ambit.ztunnel.handover.Household;
import dev.ambit.ztunnel.handover.Ports;
import dev.ambit.ztunnel.handover.Succession;
import dev.ambit.ztunnel.handover.TakeOver;
import dev.ambit.ztunnel.inpod.AgentConnection;
import dev.ambit.ztunnel.inpod.Pod;
import dev.ambit.ztunnel.inpod.PodMetrics;
import dev.ambit.ztunnel.inpod.PodProxies;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.UdpCounters;
import dev.ambit.ztunnel.otlp.OtlpExport;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.CertificateWarmup;
import dev.ambit.ztunnel.state.LocalStateFile;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import dev.ambit.ztunnel.telemetry.Reports;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process as a list of parts, in the order they start; they stop in reverse. Ports that answer
 * questions come first, so that a process that cannot go on can say why; pods come last, when the
 * state and the certificates they need are under way.
 */
final class Ztunnel {

    private static final Log LOG = Log.get("app");

    private final ZtunnelConfig config;
    private final EventLoops loops;
    private final Lifecycle lifecycle;
    private final Readiness readiness = new Readiness();
    private final Readiness.Task stateTask = readiness.task("state manager");
    private final List<Readiness.Task> proxyTasks = new ArrayList<>();
    private final MetricsRegistry metrics;
    private final MeshState mesh;
    private final StateSignal signal;
    private final PeerTrust trust;
    private final CertificateRotation certificates;
    private final ControlPlane controlPlane;
    private final Reports reports;
    private final AddressDemand demand;
    private final PodProxies proxies;
    private final @Nullable LocalStateFile localState;
    private final @Nullable TakeOver takeOver;
    private final Ports ports;

    Ztunnel(ZtunnelConfig config, EventLoops loops, Lifecycle lifecycle) {
        this.config = config;
        this.loops = loops;
        this.lifecycle = lifecycle;
        if (config.proxy().enabled()) {
            proxyTasks.add(readiness.task("proxy"));
        }
        if (config.process().dnsCapture()) {
            proxyTasks.add(readiness.task("dns proxy"));
        }
        this.metrics = MetricsRegistry.of("ztunnel", config.process().istioVersion());
        String node = config.node().localNode();
        this.mesh =
                MeshState.awaitingPolicies(
                        node == null ? "" : node, config.proxy().access().unknownPolicy());
        this.signal = StateSignal.of(mesh);
        this.controlPlane = new ControlPlane(config, loops, metrics);
        this.trust =
                new PeerTrust(
                        config.control().trust(), loops.control(), Clock.systemUTC(), metrics);
        this.certificates =
                new CertificateRotation(
                        controlPlane.signer(),
                        loops.control(),
                        loops.blocking(),
                        config.control().rotation().with(trust.cuts()),
                        Clock.systemUTC());
        certificates.register(metrics);
        this.localState = controlPlane.localState();
        this.reports = reports(config.telemetry());
        this.demand = controlPlane.demand();
        this.proxies =
                ProxySetup.of(
                        config,
                        loops,
                        metrics,
                        new PodProxies.State(mesh, signal, certificates, trust.cuts()),
                        connectionMetrics(),
                        demand);
        // Before anything is bound: the running process may have it.
        HandoverConfig handover = config.process().handover();
        this.takeOver = handover == null ? null : TakeOver.find(handover);
        this.ports = new Ports(loops, takeOver == null ? Map.of() : takeOver.ports());
    }

    /** The exporter's classes are loaded only where a collector is configured. */
    private Reports reports(TelemetryConfig telemetry) {
        TelemetryConfig.Export export = telemetry.export();
        if (export == null) {
            return new Reports(telemetry.rule(), null, telemetry.sampling());
        }
        OtlpExport collector = OtlpExport.start(export, metrics, loops::background);
        lifecycle.start("otlp", () -> {}, collector::close);
        return new Reports(telemetry.rule(), collector, telemetry.sampling());
    }

    private ConnectionMetrics connectionMetrics() {
        ConnectionMetrics connections = new ConnectionMetrics(metrics, reports);
        loops.control().scheduleWithFixedDelay(connections::forgetIdle, 1, 1, TimeUnit.MINUTES);
        return connections;
    }

    /** Starts everything. */
    void start() {
        StormHeap.watch(loops.control());
        ZtunnelConfig.Ports ports = config.ports();
        serve(
                "readiness",
                AdminRoutes.create().with(readiness.routes()),
                ListenAddresses.any(config, ports.readiness()));
        serve(
                "metrics",
                AdminRoutes.create().with(MetricsRoutes.of(metrics)),
                ListenAddresses.any(config, ports.stats()));
        if (config.proxy().enabled()) {
            mesh.listen(new CertificateWarmup(certificates, config::isOurs));
        }
        lifecycle.start("trust", trust::start, trust::close);
        lifecycle.start("certificates", () -> {}, certificates::close);
        switch (config.mode()) {
            case ZtunnelConfig.Mode.Shared shared -> startShared(shared);
            case ZtunnelConfig.Mode.Dedicated dedicated -> startDedicated(dedicated.workload());
        }
        LOG.info("started", "transport", loops.transport().name(), "workers", loops.data().size());
    }

    /** All pods of the node: the node agent is asked for them once the state is known. */
    private void startShared(ZtunnelConfig.Mode.Shared shared) {
        UdpCounters udp = new UdpCounters(metrics);
        PodRegistry pods =
                new PodRegistry(
                        loops.control(),
                        udp.counting(proxies),
                        readiness.task("workload proxy manager"),
                        new PodMetrics(metrics));
        Elders elders = new Elders(pods, mesh, loops);
        AgentConnection agent =
                new AgentConnection(loops, shared.nodeAgent(), pods, lifecycle::fail);
        serveAdmin(
                () -> pods.view().join(),
                info -> pods.pod(info).join(),
                routes -> routes.get("/drain", DrainPage.of(pods, false, elders::pages)));
        Optional<SelfListener> own =
                config.control()
                        .pod()
                        .workload()
                        .map(self -> new SelfListener(loops.control(), proxies, self, metrics));
        Runnable serve = serving(pods, elders, agent, own);
        lifecycle.start("pods", () -> {}, () -> await(pods.drain()));
        own.ifPresent(self -> lifecycle.start("self-listener", () -> {}, () -> await(self.stop())));
        lifecycle.start(
                "state",
                () ->
                        controlPlane.feed(
                                mesh,
                                reports,
                                localState,
                                () -> {
                                    stateTask.done();
                                    proxyTasks.forEach(Readiness.Task::done);
                                    serve.run();
                                    own.ifPresent(SelfListener::start);
                                    loops.background("udp", udp);
                                }),
                () -> {
                    agent.close();
                    controlPlane.close();
                });
    }

    /** How the pods arrive: from the node agent, or first from the process before this one. */
    private Runnable serving(
            PodRegistry pods, Elders elders, AgentConnection agent, Optional<SelfListener> own) {
        HandoverConfig handover = config.process().handover();
        if (handover == null) {
            return agent::start;
        }
        pods.onDeleted(elders::podGone);
        Household household =
                new Household(
                        pods,
                        elders,
                        ports,
                        agent,
                        () -> {
                            own.ifPresent(SelfListener::stop);
                            return drainPages(pods, elders);
                        },
                        loops);
        Drain.Token[] lingering = new Drain.Token[1];
        Succession succession =
                new Succession(
                        handover,
                        household,
                        new HandoverMetrics(metrics),
                        new Succession.Finish(
                                () ->
                                        lingering[0] =
                                                lifecycle.hold("connections of an old process"),
                                () -> {
                                    lifecycle.requestStop("handed over");
                                    lingering[0].close();
                                }));
        lifecycle.start("handover", () -> {}, succession::close);
        Runnable serve =
                () -> {
                    agent.start();
                    loops.background("handover", succession);
                };
        TakeOver old = takeOver;
        if (old == null) {
            return serve;
        }
        old.prepare(household, lifecycle::fail, serve);
        return () -> loops.background("take-over", old);
    }

    /** What a process that only finishes goes on to answer; its ports are its successor's. */
    private int drainPages(PodRegistry pods, Elders elders) {
        AdminRoutes routes =
                AdminRoutes.create()
                        .get("/drain", DrainPage.of(pods, true, elders::pages))
                        .with(MetricsRoutes.of(metrics))
                        .with(LoggingRoutes.standard())
                        .post(
                                "/quitquitquit",
                                request -> {
                                    lifecycle.requestStop("quitquitquit");
                                    return AdminResponse.text("shutdown now\n");
                                });
        return AdminServer.bind(loops, routes, ListenAddresses.at("127.0.0.1", 0)).port();
    }

    /** One workload, here. */
    private void startDedicated(WorkloadInfo workload) {
        List<Pod> running = new CopyOnWriteArrayList<>();
        serveAdmin(List::of, info -> running.stream().findFirst(), routes -> {});
        lifecycle.start(
                "pod",
                () -> {},
                () -> {
                    for (Pod pod : running) {
                        await(pod.stop(Pod.Stop.GRACEFUL));
                    }
                });
        lifecycle.start(
                "state",
                () ->
                        controlPlane.feed(
                                mesh,
                                reports,
                                localState,
                                () -> {
                                    stateTask.done();
                                    proxies.startHere(workload)
                                            .whenComplete(
                                                    (pod, failure) -> {
                                                        if (failure == null) {
                                                            running.add(pod);
                                                            proxyTasks.forEach(
                                                                    Readiness.Task::done);
                                                        } else {
                                                            lifecycle.fail(
                                                                    "proxy: "
                                                                            + failure.getMessage());
                                                        }
                                                    });
                                }),
                controlPlane::close);
    }

    private void serveAdmin(
            Supplier<List<PodRegistry.View>> pods,
            Function<WorkloadInfo, Optional<? extends Pod>> served,
            Consumer<AdminRoutes> more) {
        EgressAnswers egress = new EgressAnswers(config.names().egress(), served);
        ConfigDump dump =
                new ConfigDump(
                        mesh,
                        certificates::snapshot,
                        pods,
                        new ConfigDump.Fixed(
                                ConfigView.of(config),
                                ConfigView.version(config),
                                localState,
                                controlPlane::staleSince));
        serve(
                "admin",
                AdminPages.routes(
                                dump,
                                new ExplainPage(
                                        mesh,
                                        config.node().network(),
                                        config.ports().pod().illegal(),
                                        egress),
                                () -> lifecycle.requestStop("quitquitquit"))
                        .with(more),
                ListenAddresses.admin(config.ports()));
    }

    private void serve(String part, AdminRoutes routes, SocketAddress... addresses) {
        List<AdminServer> server = new ArrayList<>();
        lifecycle.start(
                part,
                () -> {
                    AdminServer bound = ports.serve(part, routes, addresses);
                    server.add(bound);
                    LOG.info(
                            "listener established",
                            "address",
                            bound.addresses().getFirst(),
                            "component",
                            part);
                },
                () -> server.forEach(AdminServer::close));
    }

    /** Draining has its own deadline; this is for a part that does not keep to it. */
    private void await(java.util.concurrent.CompletableFuture<Void> stopped) throws Exception {
        stopped.get(config.process().drainDeadline().toSeconds() + 5, TimeUnit.SECONDS);
    }
}
