package dev.ambit.cni;

import dev.ambit.api.manifest.ManifestFiles;
import dev.ambit.api.manifest.ManifestProblem;
import dev.ambit.api.manifest.ManifestSnapshot;
import dev.ambit.api.manifest.ManifestWatch;
import dev.ambit.cni.enrolment.ClusterView;
import dev.ambit.cni.enrolment.Enrolment;
import dev.ambit.cni.reconcile.Annotations;
import dev.ambit.cni.reconcile.CniMetrics;
import dev.ambit.cni.reconcile.Reconciler;
import dev.ambit.cni.redirect.IptablesRedirection;
import dev.ambit.cni.zds.ZdsServer;
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
import dev.ambit.runtime.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The node agent, composed: files are watched, the reconciler brings the pods to what they should
 * be, ztunnel may connect once everything known at the start has its rules.
 */
final class NodeAgent {

    private static final Log LOG = Log.get("cni");

    private final CniConfig config;
    private final EventLoops loops;
    private final Drain drain;
    private final Lifecycle lifecycle;
    private final Readiness readiness = new Readiness();
    private final Readiness.Task firstPass = readiness.task("first pass over the pods");
    private final MetricsRegistry registry;
    private final Reconciler reconciler;
    private final Set<String> toldProblems = new HashSet<>();

    private final AtomicReference<@Nullable AdminServer> metricsServer = new AtomicReference<>();
    private final AtomicReference<@Nullable AdminServer> healthServer = new AtomicReference<>();

    /** Set by the reconciler's thread after the first pass, closed at the end. */
    private final AtomicReference<@Nullable ZdsServer> zds = new AtomicReference<>();

    NodeAgent(
            CniConfig config,
            Transport transport,
            Drain drain,
            Lifecycle lifecycle,
            String version) {
        this.config = config;
        this.lifecycle = lifecycle;
        this.drain = drain;
        this.loops = new EventLoops("cni", 1, transport);
        this.registry = MetricsRegistry.of("cni", version);
        this.reconciler =
                new Reconciler(
                        new Enrolment(
                                config.excludedNamespaces(),
                                config.selectors(),
                                config.dnsCapture(),
                                config.withoutUdp()),
                        new IptablesRedirection(config.iptablesVariant(), config.ipv6()),
                        new Annotations(config.runtime(), config.node()),
                        new CniMetrics(registry),
                        Clock.systemUTC(),
                        this::listenForZtunnel);
    }

    void start() {
        lifecycle.start("event loops", () -> {}, loops::close);
        lifecycle.start("ports", this::openPorts, this::closePorts);
        lifecycle.start("reconciler", this::startReconciler, () -> {});
        ManifestWatch watch =
                new ManifestWatch(
                        new ManifestFiles(config.manifests(), config.runtime(), Clock.systemUTC()),
                        this::read);
        lifecycle.start("manifests", () -> loops.background("manifests", watch), watch::close);
    }

    private void openPorts() {
        metricsServer.set(
                AdminServer.bind(
                        loops,
                        AdminRoutes.create()
                                .with(MetricsRoutes.of(registry))
                                .with(LoggingRoutes.standard()),
                        new InetSocketAddress(config.metricsPort())));
        healthServer.set(
                AdminServer.bind(
                        loops,
                        AdminRoutes.create()
                                .get("/healthz", request -> AdminResponse.text("ok\n"))
                                .get("/readyz", request -> ready()),
                        new InetSocketAddress(config.healthPort())));
    }

    /** Where /healthz answers; for tests that let the kernel choose. */
    int healthPort() {
        AdminServer server = healthServer.get();
        return server == null ? 0 : server.port();
    }

    private AdminResponse ready() {
        return readiness.ready()
                ? AdminResponse.text("ready\n")
                : AdminResponse.text(
                        503,
                        "not ready, pending: "
                                + String.join(", ", readiness.pendingTasks())
                                + "\n");
    }

    private void closePorts() {
        for (AtomicReference<@Nullable AdminServer> port :
                java.util.List.of(metricsServer, healthServer)) {
            AdminServer server = port.getAndSet(null);
            if (server != null) {
                server.close();
            }
        }
    }

    private void startReconciler() {
        Drain.Token working = drain.hold("reconciler");
        drain.onStart(
                () -> {
                    ZdsServer server = zds.getAndSet(null);
                    if (config.cleanup() || server == null) {
                        reconciler.stop(config.cleanup(), () -> stopped(server, working));
                    } else {
                        server.close();
                        reconciler.stop(false, working::close);
                    }
                });
        loops.background("reconcile", this::reconcile);
    }

    /** Without its reconciler the agent is of no use: the process ends, to be started again. */
    private void reconcile() {
        try {
            reconciler.run();
        } catch (RuntimeException e) {
            LOG.error("AMB1532 reconciler failed", "error", e);
            lifecycle.fail("reconciler failed");
        }
    }

    /** Cleaning up still speaks to ztunnel, so the socket closes after it. */
    private static void stopped(@Nullable ZdsServer server, Drain.Token working) {
        if (server != null) {
            server.close();
        }
        working.close();
    }

    private void listenForZtunnel() {
        Path path = config.zds();
        Path directory = path.toAbsolutePath().getParent();
        try {
            if (directory != null) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        zds.set(ZdsServer.start(path, loops, reconciler::connected, reconciler::disconnected));
        firstPass.done();
    }

    private void read(ManifestSnapshot snapshot) {
        Set<String> problems = new HashSet<>();
        for (ManifestProblem problem : snapshot.problems().values()) {
            problems.add(problem.message());
            if (toldProblems.add(problem.message())) {
                LOG.error(problem.message());
            }
        }
        toldProblems.retainAll(problems);
        reconciler.seen(ClusterView.of(snapshot, config.node()));
    }
}
