package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.BedPlan;
import dev.ambit.demo.bed.Running;
import dev.ambit.demo.manifest.ManifestDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The laptop's cluster: a bed, its mesh, and a loop that makes the pods follow the manifests. One
 * platform thread makes it, runs it and closes it.
 */
public final class Cluster implements AutoCloseable {

    /** Often enough that an edit is seen at once, seldom enough to cost nothing. */
    private static final long TICK_MILLIS = 50;

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    /**
     * What to run.
     *
     * @param mesh whether istiod, node agents and ztunnels run; without them the pods talk plainly
     */
    public record Plan(
            String prefix,
            Path manifests,
            RuntimeDirectory files,
            Programs programs,
            boolean mesh) {}

    private final Plan plan;
    private final Bed bed;
    private final ManifestDirectory manifests;
    private final ServiceAddresses addresses = new ServiceAddresses();
    private final MeshProcesses mesh;
    private final PodEnvironment environment;
    private final Kubelet kubelet;
    private final Overlay overlay;
    private final ServiceProxy proxy;
    private final HostsFiles hosts;
    private final StateFile state;
    private final RejectedManifests rejected;
    private final Consumer<String> news;
    private Desired desired = new Desired(List.of(), List.of(), Map.of());
    private long lookedNanos;

    private Cluster(Plan plan, Bed bed, Consumer<String> news) {
        this.plan = plan;
        this.bed = bed;
        this.news = news;
        this.rejected = new RejectedManifests(plan.files().logs().resolve("istiod.log"), news);
        // With a mesh istiod says it, and says more.
        this.manifests =
                new ManifestDirectory(plan.manifests(), plan.mesh() ? complaint -> {} : news);
        MeshEnvironment forMesh =
                new MeshEnvironment(
                        bed.fabric(), plan.manifests(), plan.files(), new Tokens(plan.files()));
        this.environment = new PodEnvironment(addresses, forMesh);
        this.mesh = new MeshProcesses(bed, plan.programs(), forMesh, plan.files(), news);
        Enrolment enrolment =
                new Enrolment(new ManifestDirectory(plan.files().objects(), news), plan.mesh());
        this.kubelet = new Kubelet(bed, enrolment, environment, news);
        this.overlay = new Overlay(plan.files());
        this.proxy = new ServiceProxy(bed);
        this.hosts = new HostsFiles(plan.files());
        this.state = new StateFile(plan.files());
    }

    /** Lays out two nodes; nothing runs in them yet. */
    public static Cluster create(Plan plan, Consumer<String> news) {
        Bed bed =
                Bed.create(
                        new BedPlan(plan.prefix(), plan.files().run(), List.of("node1", "node2")));
        return new Cluster(plan, bed, news);
    }

    public Bed bed() {
        return bed;
    }

    /**
     * Starts istiod, and everything that only waits for it while it starts; returns when it serves.
     */
    public void startControlPlane() {
        overlay.write(bed.nodes(), List.of(), desired, addresses);
        mesh.startIstiod();
        mesh.awaitRoot();
        mesh.startNodes();
        step();
        mesh.awaitIstiod();
    }

    /** Returns when node agents and ztunnels are ready. */
    public void awaitNodes() {
        mesh.awaitNodes();
        writeState();
    }

    /** Runs until all pods the manifests ask for are ready, or a limit passes. */
    public void awaitPods(Duration limit, CountDownLatch stop) {
        until("ready", limit, stop, this::allReady);
    }

    /** Follows the manifests until stopped. */
    public void run(CountDownLatch stop) {
        while (!pause(stop)) {
            step();
        }
    }

    /** The pods there are, a line each, and whether they are ready. */
    public Map<String, Boolean> readiness() {
        Map<String, Boolean> all = new TreeMap<>();
        kubelet.pods().forEach(p -> all.put(p.name(), p.ready()));
        return all;
    }

    public long waypoints() {
        return kubelet.pods().stream()
                .filter(p -> p.ready() && p.template().gateway().isPresent())
                .count();
    }

    /** Pods of a Deployment that are ready. */
    public List<Path> netns(String namespace, String owner) {
        return kubelet.pods().stream()
                .filter(p -> p.ready() && p.template().fullOwner().equals(namespace + "/" + owner))
                .map(p -> p.place().netns())
                .toList();
    }

    @Override
    public void close() {
        bed.close();
    }

    private boolean allReady() {
        int wanted = desired.templates().stream().mapToInt(PodTemplate::replicas).sum();
        return kubelet.pods().stream().filter(PodLife::ready).count() >= wanted;
    }

    /** Follows the manifests until something holds of its pods. */
    void until(String what, Duration limit, CountDownLatch stop, BooleanSupplier holds) {
        long deadline = System.nanoTime() + limit.toNanos();
        step();
        while (!holds.getAsBoolean()) {
            if (pause(stop)) {
                throw new BedException("AMB1631  ended while waiting for pods");
            }
            if (System.nanoTime() > deadline) {
                throw new BedException(
                        "AMB1629  pods were not %s within %d s%n        which  %s%n        where  %s"
                                .formatted(
                                        what,
                                        limit.toSeconds(),
                                        readiness().entrySet().stream()
                                                .filter(e -> !e.getValue())
                                                .map(Map.Entry::getKey)
                                                .toList(),
                                        plan.files().logs()));
            }
            step();
        }
    }

    private static boolean pause(CountDownLatch stop) {
        try {
            return stop.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void step() {
        boolean changed = lookAtManifests();
        changed |= kubelet.step(desired);
        changed |= mesh.watch();
        if (changed) {
            overlay.write(bed.nodes(), kubelet.pods(), desired, addresses);
            hosts.write(desired, addresses);
            proxy.update(desired, kubelet.pods(), addresses);
            kubelet.sweep();
            writeState();
        }
    }

    private boolean lookAtManifests() {
        long now = System.nanoTime();
        boolean first = lookedNanos == 0;
        if (!first && now - lookedNanos < LOOK_NANOS) {
            return false;
        }
        lookedNanos = now;
        if (plan.mesh()) {
            rejected.tell();
        }
        if (manifests.refresh() || first) {
            desired = Desired.of(manifests.objects(), plan.programs(), plan.mesh(), news);
            return true;
        }
        return false;
    }

    private void writeState() {
        Map<String, Map<String, String>> environments = new TreeMap<>();
        for (PodLife pod : kubelet.pods()) {
            environments.put(pod.name(), environment.of(pod, desired));
        }
        List<Running> running = mesh.running();
        state.write(bed, plan.manifests(), kubelet.pods(), running, environments);
    }
}
