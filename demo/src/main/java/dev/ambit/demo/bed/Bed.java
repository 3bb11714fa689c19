package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bed and everything in it. Made by {@link #create}; {@link #close} leaves no process, namespace
 * or socket behind, and {@link #sweep} does the same for a bed whose owner died. Any thread may use
 * it; changes happen one after the other.
 */
public final class Bed implements AutoCloseable {

    private static final int FIRST_HOST = 10;
    private static final int LAST_HOST = 250;

    /** The kernel's limit on the path of a Unix socket is 108 bytes with its end. */
    private static final int LONGEST_SOCKET_PATH = 100;

    private final BedPlan plan;
    private final Fabric fabric;
    private final List<Node> nodes;
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, Integer> lastHost = new LinkedHashMap<>();
    private final List<Running> running = new ArrayList<>();
    private @Nullable Path shortDirectory;

    private Bed(BedPlan plan) {
        this.plan = plan;
        this.fabric = new Fabric("fabric", plan.prefix() + "-fabric", Wiring.FABRIC_ADDRESS);
        List<Node> made = new ArrayList<>();
        for (int i = 1; i <= plan.nodes().size(); i++) {
            String name = plan.nodes().get(i - 1);
            made.add(
                    new Node(
                            name,
                            plan.prefix() + "-" + name,
                            Wiring.FABRIC_NETWORK + (10 + i),
                            i,
                            "10.244." + i));
        }
        this.nodes = List.copyOf(made);
    }

    /** Lays out fabric and nodes; namespaces left over with the same prefix are removed first. */
    public static Bed create(BedPlan plan) {
        sweep(plan.prefix());
        Bed bed = new Bed(plan);
        try {
            Files.createDirectories(plan.logs());
            Wiring.layOut(bed.fabric, bed.nodes);
            return bed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (BedException e) {
            bed.close();
            throw e;
        }
    }

    /** Kills whatever runs in namespaces of this prefix, and removes them. */
    public static void sweep(String prefix) {
        Sweep.of(prefix);
    }

    public BedPlan plan() {
        return plan;
    }

    public Fabric fabric() {
        return fabric;
    }

    public List<Node> nodes() {
        return nodes;
    }

    public Node node(String name) {
        return nodes.stream()
                .filter(n -> n.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "node: " + name + " (expected: one of " + nodes + ")"));
    }

    public synchronized List<Pod> pods() {
        return List.copyOf(pods.values());
    }

    public synchronized Optional<Pod> pod(String name) {
        return Optional.ofNullable(pods.get(name));
    }

    /** Makes an empty pod with the next free address of its node. */
    public synchronized Pod addPod(Node node, String name) {
        return addPod(node, name, nextHost(node));
    }

    /** Makes an empty pod with an address of its node that is free, perhaps had by one before. */
    public synchronized Pod addPod(Node node, String name, int host) {
        if (pods.containsKey(name)) {
            throw new IllegalArgumentException("pod: " + name + " (expected: a new name)");
        }
        if (!free(node, host)) {
            throw new IllegalArgumentException("host: " + host + " (expected: a free one)");
        }
        Pod pod = new Pod(name, plan.prefix() + "-" + name, node, host);
        Wiring.add(pod);
        pods.put(name, pod);
        return pod;
    }

    /** Kills what runs in the pod and removes it. */
    public synchronized void removePod(Pod pod) {
        if (pods.remove(pod.name()) != null) {
            running.removeIf(r -> r.place().equals(pod) && !r.alive());
            // Whoever still holds the namespace would keep the wire, and the address with it.
            Wiring.remove(pod);
            Sweep.one(pod.namespace());
        }
    }

    /** Starts a process; its output goes to {@code logs/<name>.log}, after what is there. */
    public Running start(Place place, Launch launch) {
        Path log = plan.logs().resolve(launch.name() + ".log");
        // A session of its own: Ctrl-C in the terminal is for the owner of the bed alone.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(Wiring.enter(place.namespace(), launch.command()));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        // Not the caller's: nothing lying there is to be read by accident.
                        .directory(plan.state().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
        builder.environment().putAll(launch.environment());
        builder.environment().put(Sweep.MARK, plan.prefix());
        try {
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            Running started = new Running(launch, place, builder.start(), log, logStart);
            synchronized (this) {
                running.removeIf(r -> !r.alive() && r.name().equals(launch.name()));
                running.add(started);
            }
            return started;
        } catch (IOException e) {
            throw new BedException(
                    "AMB1611  cannot run %s%n        why    %s".formatted(launch.command(), e), e);
        }
    }

    /** Runs a command inside a place to its end. */
    public Completed exec(Place place, Duration limit, String... command) {
        return exec(place, limit, "", List.of(command));
    }

    /** Runs a command inside a place to its end, with text on its standard input. */
    public Completed exec(Place place, Duration limit, String input, List<String> command) {
        return SystemCommand.run(Wiring.enter(place.namespace(), command), input, limit);
    }

    /** Records every packet between a node and the fabric. */
    public Capture capture(Node node, Path file) {
        return Capture.start(this, node, file);
    }

    public synchronized List<Running> running() {
        return List.copyOf(running);
    }

    /** Where a Unix socket of this bed lies: beside its files if the path is short enough. */
    public synchronized Path socket(String name) {
        Path wanted = plan.state().resolve(name);
        if (wanted.toString().length() <= LONGEST_SOCKET_PATH) {
            return wanted;
        }
        try {
            if (shortDirectory == null) {
                shortDirectory = Path.of("/tmp", plan.prefix());
                Files.createDirectories(shortDirectory);
            }
            return shortDirectory.resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        List<Running> last = running.reversed();
        last.forEach(Running::terminate);
        long deadline = System.nanoTime() + Duration.ofSeconds(8).toNanos();
        for (Running r : last) {
            long left = Math.max(0, deadline - System.nanoTime());
            if (!r.endsWithin(Duration.ofNanos(left))) {
                r.kill();
            }
        }
        running.clear();
        pods.clear();
        sweep(plan.prefix());
        if (shortDirectory != null) {
            Sweep.files(shortDirectory);
        }
    }

    /** Addresses are not given again at once: the mesh may still know the pod that had them. */
    private int nextHost(Node node) {
        int host = lastHost.getOrDefault(node.name(), FIRST_HOST - 1);
        for (int tries = FIRST_HOST; tries <= LAST_HOST; tries++) {
            host = host >= LAST_HOST ? FIRST_HOST : host + 1;
            if (free(node, host)) {
                lastHost.put(node.name(), host);
                return host;
            }
        }
        throw new BedException(
                "AMB1616  no pod address is left on %s%n        why    %s holds %d pods"
                        .formatted(node.name(), node.podCidr(), LAST_HOST - FIRST_HOST + 1));
    }

    private boolean free(Node node, int host) {
        return pods.values().stream().noneMatch(p -> p.node().equals(node) && p.host() == host);
    }
}
