package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.Launch;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Place;
import dev.ambit.demo.bed.Probe;
import dev.ambit.demo.bed.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * istiod in the fabric, a node agent and a ztunnel on each node. One that ends by itself is started
 * again, as a cluster would. Owned by the cluster's thread.
 */
public final class MeshProcesses {

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final long RESTART_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int HEALTH_PORT = 15021;
    private static final int ISTIOD_HTTP_PORT = 8080;

    private record Part(Place place, Launch launch) {}

    private final Bed bed;
    private final Programs programs;
    private final MeshEnvironment environment;
    private final RuntimeDirectory files;
    private final Consumer<String> news;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final Map<String, Long> fellAtNanos = new LinkedHashMap<>();

    MeshProcesses(
            Bed bed,
            Programs programs,
            MeshEnvironment environment,
            RuntimeDirectory files,
            Consumer<String> news) {
        this.bed = bed;
        this.programs = programs;
        this.environment = environment;
        this.files = files;
        this.news = news;
    }

    void startIstiod() {
        environment.issueTokens(bed.nodes());
        start(
                bed.fabric(),
                new Launch("istiod", programs.process("istiod"), environment.ofIstiod()));
    }

    /** Whoever starts before its root certificate is there begins with a failure. */
    void awaitRoot() {
        await("istiod", () -> Files.exists(files.root()));
    }

    void awaitIstiod() {
        await(
                "istiod",
                () ->
                        Probe.connects(bed.fabric().netns(), MeshEnvironment.XDS_PORT)
                                && Probe.ok(bed.fabric().netns(), ISTIOD_HTTP_PORT, "/ready"));
    }

    void startNodes() {
        for (Node node : bed.nodes()) {
            Path zds = bed.socket("ztunnel-" + node.name() + ".sock");
            start(
                    node,
                    new Launch(
                            "cni-" + node.name(),
                            programs.process("cni"),
                            environment.ofNodeAgent(node, zds)));
            start(
                    node,
                    new Launch(
                            "ztunnel-" + node.name(),
                            programs.process("ztunnel"),
                            environment.ofZtunnel(node, zds)));
        }
    }

    void awaitNodes() {
        for (Node node : bed.nodes()) {
            await(
                    "ztunnel-" + node.name(),
                    () -> Probe.ok(node.netns(), HEALTH_PORT, "/healthz/ready"));
        }
    }

    List<Running> running() {
        return List.copyOf(running.values());
    }

    /** Starts again what has ended; true if anything was. */
    boolean watch() {
        boolean changed = false;
        for (Map.Entry<String, Running> entry : running.entrySet()) {
            if (entry.getValue().alive()) {
                continue;
            }
            long now = System.nanoTime();
            Long fell = fellAtNanos.putIfAbsent(entry.getKey(), now);
            if (fell == null) {
                news.accept(
                        "AMB1628  %s ended with exit code %d and is started again%n        where  %s"
                                .formatted(
                                        entry.getKey(),
                                        entry.getValue().exit(),
                                        entry.getValue().log()));
            } else if (now - fell > RESTART_PAUSE_NANOS) {
                fellAtNanos.remove(entry.getKey());
                Part part = Objects.requireNonNull(parts.get(entry.getKey()));
                entry.setValue(bed.start(part.place(), part.launch()));
                changed = true;
            }
        }
        return changed;
    }

    private void start(Place place, Launch launch) {
        parts.put(launch.name(), new Part(place, launch));
        running.put(launch.name(), bed.start(place, launch));
    }

    private void await(String name, BooleanSupplier ready) {
        Objects.requireNonNull(running.get(name)).await("ready", READY_WITHIN, ready);
    }
}
