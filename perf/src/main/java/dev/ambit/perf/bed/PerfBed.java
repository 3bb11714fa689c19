package dev.ambit.perf.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.BedPlan;
import dev.ambit.demo.bed.Launch;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Place;
import dev.ambit.demo.bed.Pod;
import dev.ambit.demo.bed.Probe;
import dev.ambit.demo.bed.Running;
import dev.ambit.demo.cluster.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two nodes and four pods: a client and a near server on the first, a far server and one outside
 * the mesh on the second. All of it stays for the whole run; only ztunnels come and go. One thread.
 */
public final class PerfBed implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Room for a load beyond its own seconds. */
    private static final Duration LOAD_PATIENCE = Duration.ofSeconds(60);

    private static final List<String> LOAD_JVM =
            List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "-XX:MaxDirectMemorySize=512m",
                    "-Dio.netty.jfr.enabled=false",
                    "-Dio.netty.machineId=02:00:00:ff:fe:00:00:01");

    /** Where a load goes. */
    public enum Target {
        /** On the other node, in the mesh. */
        FAR,
        /** On the client's node, in the mesh. */
        NEAR,
        /** On the other node, not in the mesh. */
        OUTSIDE
    }

    private final Path home;
    private final Bed bed;
    private final Manifests manifests;
    private final Programs programs;
    private final Pod client;
    private final Map<Target, Pod> targets;

    private PerfBed(Path home) {
        this.home = home;
        this.programs = Programs.here();
        this.bed = Bed.create(new BedPlan("ap", home, List.of("n1", "n2")));
        this.manifests = new Manifests(home);
        bed.nodes().forEach(manifests::node);
        Node first = bed.node("n1");
        Node second = bed.node("n2");
        this.client = pod(first, "client", Manifests.INSIDE);
        this.targets =
                new TreeMap<>(
                        Map.of(
                                Target.FAR, pod(second, "far", Manifests.INSIDE),
                                Target.NEAR, pod(first, "near", Manifests.INSIDE),
                                Target.OUTSIDE, pod(second, "outside", Manifests.OUTSIDE)));
    }

    /**
     * Lays it out, with everything running but ztunnels; pods are captured once for good.
     *
     * @param first whose ztunnels the pods are captured with
     */
    public static PerfBed start(Path home, Contender first) {
        PerfBed bed = new PerfBed(home);
        try {
            bed.startIstiod();
            bed.bed.nodes().forEach(bed::startAgent);
            bed.targets.values().forEach(bed::startServer);
            try (Proxies proxies = bed.proxies(first, MeshFile.PODS, Map.of())) {
                Running any = proxies.running().getFirst();
                any.await("serving all pods", PATIENCE, () -> bed.manifests.captured() >= 3);
            }
            return bed;
        } catch (RuntimeException e) {
            bed.close();
            throw e;
        }
    }

    private Pod pod(Node node, String name, String namespace) {
        Pod pod = bed.addPod(node, name);
        // Else a connection for every request measures ports in TIME_WAIT.
        bed.exec(
                pod,
                PATIENCE,
                "sh",
                "-c",
                "echo 500 > /proc/sys/net/ipv4/tcp_max_tw_buckets; true");
        manifests.pod(pod, namespace);
        return pod;
    }

    private void startIstiod() {
        Map<String, String> env = new TreeMap<>(manifests.istiodEnvironment());
        env.put("AMBIT_ISTIOD_NAMES", bed.fabric().address());
        bed.start(bed.fabric(), new Launch("istiod", programs.process("istiod"), env))
                .await(
                        "serving",
                        PATIENCE,
                        () ->
                                Files.exists(manifests.rootCertificate())
                                        && Probe.ok(bed.fabric().netns(), 8080, "/ready"));
    }

    private void startAgent(Node node) {
        Map<String, String> env = new TreeMap<>(manifests.directories());
        env.put("NODE_NAME", node.name());
        env.put("AMBIT_ZDS", zds(node).toString());
        env.put("AMBIENT_DNS_CAPTURE", "false");
        bed.start(node, new Launch("cni-" + node.name(), programs.process("cni"), env))
                .await("listening for ztunnel", PATIENCE, () -> Files.exists(zds(node)));
    }

    private void startServer(Pod pod) {
        List<String> command =
                loadProgram("serve", "http=" + LoadPorts.HTTP, "bulk=" + LoadPorts.BULK);
        bed.start(pod, new Launch("server-" + pod.name(), command, Map.of()))
                .await("serving", PATIENCE, () -> Probe.connects(pod.netns(), LoadPorts.HTTP));
    }

    /**
     * Starts a contender on both nodes, one after the other, and sees that it serves.
     *
     * @param environment beside what a node gives it
     */
    public Proxies proxies(Contender contender, MeshFile mesh, Map<String, String> environment) {
        Path file = home.resolve(mesh.name());
        if (!Files.exists(file)) {
            mesh.write(
                    file,
                    List.of(client, target(Target.FAR), target(Target.NEAR)),
                    List.of(target(Target.OUTSIDE)));
        }
        List<Running> started = new ArrayList<>();
        double ready = 0;
        try {
            for (Node node : bed.nodes()) {
                Map<String, String> env = environment(node, file);
                env.putAll(environment);
                String name = contender.name() + "-" + node.name();
                long began = System.nanoTime();
                Running ztunnel = bed.start(node, new Launch(name, contender.command(), env));
                started.add(ztunnel);
                ztunnel.await(
                        "ready", PATIENCE, () -> Probe.ok(node.netns(), 15021, "/healthz/ready"));
                ready = Math.max(ready, (System.nanoTime() - began) / 1e9);
            }
        } catch (RuntimeException e) {
            started.forEach(Running::stop);
            throw e;
        }
        return new Proxies(started, ready);
    }

    private Map<String, String> environment(Node node, Path mesh) {
        Map<String, String> env = new TreeMap<>();
        String root = manifests.rootCertificate().toString();
        env.put("NODE_NAME", node.name());
        env.put("CLUSTER_ID", "Kubernetes");
        env.put("PROXY_MODE", "shared");
        env.put("INPOD_UDS", zds(node).toString());
        env.put("LOCAL_XDS_PATH", mesh.toString());
        env.put("XDS_ADDRESS", "");
        env.put("CA_ADDRESS", "https://" + bed.fabric().address() + ":15012");
        env.put("ALT_CA_HOSTNAME", "istiod.istio-system.svc");
        env.put("CA_ROOT_CA", root);
        env.put("XDS_ROOT_CA", root);
        env.put("AUTH_TOKEN", manifests.nodeToken(node.name()).toString());
        env.put("ISTIO_META_DNS_CAPTURE", "false");
        env.put("IPV6_ENABLED", "false");
        env.put("RUST_LOG", "info");
        env.put("ZTUNNEL_WORKER_THREADS", "1");
        return env;
    }

    /** Waits until the client's requests are answered, so that certificates are there. */
    public void awaitPath(Proxies proxies, Target target) {
        proxies.running()
                .getFirst()
                .await(
                        "a way to " + target,
                        PATIENCE,
                        () -> {
                            try {
                                return Probe.get(
                                                        client.netns(),
                                                        target(target).address(),
                                                        LoadPorts.HTTP,
                                                        "/close",
                                                        Duration.ofSeconds(5))
                                                .status()
                                        == 200;
                            } catch (IOException e) {
                                return false;
                            }
                        });
    }

    /** Runs a load in the client's pod to its end; what it printed. */
    public JsonNode load(Duration length, Target target, String program, String... settings) {
        Running load = startLoad(target, program, settings);
        if (!load.endsWithin(length.plus(LOAD_PATIENCE))) {
            load.kill();
            throw new BedException(
                    "AMB1661  the load %s did not end%n        where  %s"
                            .formatted(program, load.log()));
        }
        if (load.exit() != 0) {
            throw new BedException(
                    "AMB1661  the load %s failed%n        where  %s%n%s"
                            .formatted(program, load.log(), load.logText()));
        }
        return result(load);
    }

    /** Starts a load that stays: returns when it has printed its line. */
    public Running hold(Target target, int connections) {
        Running load = startLoad(target, "hold", "connections=" + connections);
        return load.await(
                "holding " + connections + " connections",
                PATIENCE,
                () -> load.logText().contains("\"held\""));
    }

    /** The line a load printed. */
    public JsonNode result(Running load) {
        try {
            return new ObjectMapper()
                    .readTree(
                            load.logText()
                                    .lines()
                                    .filter(l -> l.startsWith("{"))
                                    .findFirst()
                                    .orElse("{}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Running startLoad(Target target, String program, String... settings) {
        int port = program.equals("bulk") ? LoadPorts.BULK : LoadPorts.HTTP;
        List<String> command =
                loadProgram(program, "host=" + target(target).address(), "port=" + port);
        command.addAll(List.of(settings));
        return bed.start(client, new Launch("load-" + program, command, Map.of()));
    }

    private List<String> loadProgram(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(programs.java().toString());
        command.addAll(LOAD_JVM);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.ambit.perf.load.Main");
        command.addAll(List.of(arguments));
        return command;
    }

    private Pod target(Target target) {
        Pod pod = targets.get(target);
        if (pod == null) {
            throw new IllegalArgumentException("target: " + target);
        }
        return pod;
    }

    /** The namespace of the first node, where the client's ztunnel has its ports. */
    public Place clientNode() {
        return bed.node("n1");
    }

    private Path zds(Node node) {
        return bed.socket("zds-" + node.name() + ".sock");
    }

    @Override
    public void close() {
        bed.close();
    }
}
