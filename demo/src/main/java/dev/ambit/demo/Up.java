package dev.ambit.demo;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.cluster.Cluster;
import dev.ambit.demo.measure.Counters;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import dev.ambit.demo.scenario.ScenarioFiles;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Starts the demo, keeps it, ends it. Runs on the main thread; a signal asks it to end. */
final class Up {

    private static final Duration PODS_WITHIN = Duration.ofMinutes(2);
    private static final Duration MEASURED = Duration.ofSeconds(3);
    private static final Duration FIRST_ANSWER_EVERY = Duration.ofMillis(100);
    private static final int FIRST_ANSWER_TRIES = 300;
    private static final Duration CLEAN_UP_WITHIN = Duration.ofSeconds(25);
    private static final String NAMESPACE = "bookinfo";

    private final DemoHome home;
    private final UpOptions options;
    private final Terminal terminal;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch clean = new CountDownLatch(1);
    private final AtomicReference<@Nullable Thread> starting = new AtomicReference<>();

    Up(DemoHome home, UpOptions options, Terminal terminal) {
        this.home = home;
        this.options = options;
        this.terminal = terminal;
    }

    int run() throws Exception {
        refuseASecond();
        Runtime.getRuntime().addShutdownHook(Thread.ofVirtual().unstarted(this::endBySignal));
        long start = System.nanoTime();
        terminal.line(head());
        try {
            live(start);
            terminal.line(" gone: no process, namespace or file is left");
            return 0;
        } finally {
            clean.countDown();
        }
    }

    private void live(long start) throws Exception {
        try (Cluster cluster = lay()) {
            if (started(cluster)) {
                summary(cluster, Duration.ofNanos(System.nanoTime() - start));
                Files.writeString(home.files().run().resolve("ready"), "");
                cluster.run(stop);
            }
            terminal.line(" ending the demo …");
        } finally {
            if (options.ownManifests()) {
                ScenarioFiles.removeAll(options.manifests());
            }
            Down.clean(home, terminal);
        }
    }

    /** False where a signal came before everything stood. */
    private boolean started(Cluster cluster) throws Exception {
        starting.set(Thread.currentThread());
        try {
            bringUp(cluster);
            return stop.getCount() > 0;
        } catch (Exception e) {
            if (stop.getCount() > 0) {
                throw e;
            }
            return false;
        } finally {
            starting.set(null);
            // Cleaning up is not to be interrupted.
            Thread.interrupted();
        }
    }

    private void refuseASecond() throws IOException {
        Optional<ProcessHandle> other = Down.supervisor(home.files());
        if (other.isPresent()) {
            throw new BedException(
                    "AMB1645  a demo is already running, process %d%n        do     ./ambit demo status · ./ambit demo down"
                            .formatted(other.get().pid()));
        }
    }

    private Cluster lay() throws Exception {
        Cluster[] made = new Cluster[1];
        terminal.step(
                "network",
                () -> {
                    Files.createDirectories(home.files().run());
                    Files.writeString(home.files().pid(), ProcessHandle.current().pid() + "\n");
                    if (!options.ownManifests()) {
                        Manifests.lay(options.manifests());
                    }
                    made[0] =
                            Cluster.create(
                                    new Cluster.Plan(
                                            home.prefix(),
                                            options.manifests(),
                                            home.files(),
                                            home.programs(),
                                            options.mesh()),
                                    terminal::line);
                    return "2 nodes as network namespaces %s-*".formatted(home.prefix());
                });
        return made[0];
    }

    private void bringUp(Cluster cluster) throws Exception {
        if (options.mesh()) {
            terminal.step(
                    "control plane",
                    () -> {
                        cluster.startControlPlane();
                        return "istiod on %s:15012, its own CA"
                                .formatted(cluster.bed().fabric().address());
                    });
            terminal.step(
                    "nodes",
                    () -> {
                        cluster.awaitNodes();
                        return "a node agent and a ztunnel on node1 and node2, ready";
                    });
        }
        terminal.step(
                "pods",
                () -> {
                    cluster.awaitPods(PODS_WITHIN, stop);
                    long waypoints = cluster.waypoints();
                    return "%d pods ready%s"
                            .formatted(
                                    cluster.readiness().size(),
                                    waypoints == 0 ? "" : ", " + waypoints + " of them a waypoint");
                });
        List<Path> client = cluster.netns(NAMESPACE, "client");
        if (!client.isEmpty() && stop.getCount() > 0) {
            terminal.step("traffic", () -> traffic(cluster, new Traffic(client.get(0))));
        }
    }

    /** The cluster's loop rests meanwhile; the pods do not need it. */
    private String traffic(Cluster cluster, Traffic traffic) {
        // The client begins when the page first answers it.
        for (int tries = 0; traffic.since(0).size() == 0 && tries < FIRST_ANSWER_TRIES; tries++) {
            Traffic.pause(FIRST_ANSWER_EVERY);
        }
        Sample sample = traffic.measure(MEASURED);
        String figures =
                "%d requests, %d failed, median %s"
                        .formatted(sample.size(), sample.failed(), sample.quantile(0.5));
        return options.mesh() ? figures + ", " + mutualTls(cluster) : figures;
    }

    /** Of the connections that ended at a pod in the mesh, as the nodes' proxies counted them. */
    private static String mutualTls(Cluster cluster) {
        double all = 0;
        double mutual = 0;
        for (Node node : cluster.bed().nodes()) {
            Counters.Sums sums =
                    Counters.ofProxy(
                            node.netns(),
                            "istio_tcp_connections_opened_total",
                            "reporter=\"destination\"",
                            "connection_security_policy=\"mutual_tls\"");
            all += sums.all();
            mutual += sums.fitting();
        }
        return "%s mutual TLS".formatted(Sample.percent(Math.round(mutual), Math.round(all)));
    }

    private void summary(Cluster cluster, Duration time) {
        boolean bookinfo = !cluster.netns(NAMESPACE, "client").isEmpty();
        terminal.line("");
        terminal.labelled("Up", "after " + Terminal.seconds(time));
        if (bookinfo) {
            terminal.labelled(
                    "Traffic", "client → productpage → details, reviews v1 v2 v3 → ratings");
        }
        if (options.mesh()) {
            List<String> nodes = cluster.bed().nodes().stream().map(Node::address).toList();
            terminal.labelled(
                    "Addresses",
                    "istiod %s (8080 /debug, 15014 /metrics) · nodes %s (15020 /metrics)"
                            .formatted(cluster.bed().fabric().address(), String.join(", ", nodes)));
        }
        terminal.labelled(
                "Manifests", shorter(options.manifests()), "edit them: changes apply at once");
        if (options.mesh() && bookinfo) {
            terminal.labelled("Try", "./ambit demo canary · mirror · strict-mtls · authz · retry");
        }
        terminal.labelled(
                "Look",
                "./ambit demo status · ./ambit demo logs <pod or process>",
                bookinfo
                        ? "./ambit demo exec client -- curl -s productpage:9080/productpage"
                        : "./ambit demo exec <pod> -- <command>");
        terminal.labelled("Stop", options.detached() ? "./ambit demo down" : "Ctrl-C");
    }

    /** As seen from where the person is. */
    private static String shorter(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
    }

    private static String head() {
        return " ambit demo%50s"
                .formatted(
                        "0.1.0 · JDK "
                                + Runtime.version().feature()
                                + " · Linux "
                                + System.getProperty("os.version"));
    }

    private void endBySignal() {
        stop.countDown();
        Thread waits = starting.getAndSet(null);
        if (waits != null) {
            waits.interrupt();
        }
        try {
            if (!clean.await(CLEAN_UP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                terminal.line(" AMB1646  not all of the demo is gone; do ./ambit demo down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
