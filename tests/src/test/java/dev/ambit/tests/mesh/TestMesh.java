package dev.ambit.tests.mesh;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.BedPlan;
import dev.ambit.demo.bed.Launch;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Pod;
import dev.ambit.demo.bed.Running;
import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A whole mesh on this machine for one test class: two nodes, istiod reading a directory of
 * manifests, on each node an agent and a ztunnel (ours, or a peer's binary), and pods whose
 * applications are sockets of this JVM. Everything is a real process in a real namespace.
 */
public final class TestMesh implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String NODE_1 = "n1";
    private static final String NODE_2 = "n2";

    private final Path home;
    private final Bed bed;
    private final TestCluster cluster;
    private final Map<String, List<String>> ztunnels = new TreeMap<>();
    private final Map<String, String> extraEnvironment = new LinkedHashMap<>();
    private final Map<String, String> istiodEnvironment = new LinkedHashMap<>();
    private final List<TestPod> pods = new CopyOnWriteArrayList<>();
    private final Set<String> replaceable = new TreeSet<>();

    public TestMesh(String name) {
        try {
            home = Files.createTempDirectory("ambit-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bed = Bed.create(new BedPlan("at-" + name, home, List.of(NODE_1, NODE_2)));
        cluster = new TestCluster(home);
        bed.nodes().forEach(n -> cluster.node(n.name(), n.address()));
        ztunnels.put(NODE_1, Processes.ztunnel());
        ztunnels.put(NODE_2, Processes.ztunnel());
    }

    /** Before {@link #start}: a node's ztunnel is this command instead of ours. */
    public TestMesh ztunnelOn(String node, List<String> command) {
        ztunnels.put(node, command);
        return this;
    }

    /** Before {@link #start}: ztunnels can be replaced by starting another beside them. */
    public TestMesh replaceable() {
        bed.nodes().forEach(this::replaceable);
        return this;
    }

    /** Before {@link #start}: this node's ztunnel can be; it runs on epoll then. */
    public TestMesh replaceable(Node node) {
        replaceable.add(node.name());
        return this;
    }

    /** Before {@link #start}: environment of every ztunnel and waypoint. */
    public TestMesh with(String key, String value) {
        extraEnvironment.put(key, value);
        return this;
    }

    /** Takes back {@link #with}. */
    public TestMesh without(String key) {
        extraEnvironment.remove(key);
        return this;
    }

    /** Before {@link #startIstiod}: environment of istiod. */
    public TestMesh withIstiod(String key, String value) {
        istiodEnvironment.put(key, value);
        return this;
    }

    public TestCluster cluster() {
        return cluster;
    }

    public Bed bed() {
        return bed;
    }

    public Node node1() {
        return bed.node(NODE_1);
    }

    public Node node2() {
        return bed.node(NODE_2);
    }

    /** Starts istiod, then the agents and ztunnels; returns when every ztunnel is ready. */
    public TestMesh start() {
        startIstiod();
        for (Node n : bed.nodes()) {
            startAgent(n);
            startZtunnel(n);
        }
        bed.nodes().forEach(this::awaitZtunnel);
        return this;
    }

    public Running startIstiod() {
        Map<String, String> env = new TreeMap<>(cluster.istiodEnvironment());
        env.put("AMBIT_ISTIOD_NAMES", bed.fabric().address());
        env.putAll(istiodEnvironment);
        Running istiod = bed.start(bed.fabric(), new Launch("istiod", Processes.istiod(), env));
        return istiod.await(
                "serving",
                PATIENCE,
                () ->
                        Files.exists(cluster.rootCertificate())
                                && answers(bed.fabric().netns(), 8080, "/ready"));
    }

    public Running startAgent(Node node) {
        Map<String, String> env = new TreeMap<>(cluster.directories());
        env.put("NODE_NAME", node.name());
        env.put("AMBIT_ZDS", zds(node).toString());
        // Redirection of DNS is installed only where the DNS proxy runs.
        String capture = extraEnvironment.getOrDefault("ISTIO_META_DNS_CAPTURE", "true");
        env.put("AMBIENT_DNS_CAPTURE", capture);
        return bed.start(node, new Launch("cni-" + node.name(), Processes.cni(), env))
                .await("listening for ztunnel", PATIENCE, () -> Files.exists(zds(node)));
    }

    public Running startZtunnel(Node node) {
        Map<String, String> env = new TreeMap<>(controlPlane(cluster.nodeToken(node.name())));
        env.put("NODE_NAME", node.name());
        env.put("PROXY_MODE", "shared");
        env.put("INPOD_UDS", zds(node).toString());
        env.put("ZTUNNEL_WORKER_THREADS", "1");
        env.put("IPV6_ENABLED", "false");
        env.put("RUST_LOG", "info");
        if (replaceable.contains(node.name())) {
            env.put("AMBIT_HANDOVER", handoverSocket(node).toString());
        }
        env.putAll(extraEnvironment);
        return bed.start(node, new Launch("ztunnel-" + node.name(), commandOf(node), env));
    }

    public Path handoverSocket(Node node) {
        return bed.socket("next-" + node.name() + ".sock");
    }

    private List<String> commandOf(Node node) {
        List<String> command = ztunnels.get(node.name());
        if (command == null) {
            throw new IllegalArgumentException("node: " + node.name());
        }
        return command;
    }

    public void awaitZtunnel(Node node) {
        process("ztunnel-" + node.name())
                .await("ready", PATIENCE, () -> answers(node.netns(), 15021, "/healthz/ready"));
    }

    /**
     * Starts a second ztunnel beside the first of a {@link #replaceable} node; returns when it
     * serves in its place. The first ends by itself, when its last tunnel does.
     */
    public void replaceZtunnel(Node node) {
        Running next = startZtunnel(node);
        next.await(
                "serving in place of the old one",
                PATIENCE.multipliedBy(2),
                () -> next.logText().contains("waiting for the next process"));
        next.await("ready", PATIENCE, () -> answers(node.netns(), 15021, "/healthz/ready"));
    }

    /** How many processes of a name are alive: two while one replaces the other. */
    public long alive(String name) {
        return bed.running().stream().filter(r -> r.name().equals(name) && r.alive()).count();
    }

    /** The process of this name, the newest if there are two. */
    public Running process(String name) {
        return bed.running().stream()
                .filter(r -> r.name().equals(name) && r.alive())
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new IllegalArgumentException("process: " + name));
    }

    /** A pod in namespace "default" or another, known to the cluster as running and ready. */
    public TestPod pod(Node node, String namespace, String name, Map<String, String> labels) {
        return known(bed.addPod(node, name), node, namespace, name, labels);
    }

    /** A pod with the address that another had before. */
    public TestPod podAt(Node node, String name, int host) {
        return known(bed.addPod(node, name, host), node, "default", name, Map.of("app", name));
    }

    private TestPod known(
            Pod pod, Node node, String namespace, String name, Map<String, String> labels) {
        TestPod made = new TestPod(pod, namespace, name, Netns.open(pod.netns()));
        cluster.pod(made, node.name(), labels);
        pods.add(made);
        return made;
    }

    public TestPod pod(Node node, String name) {
        return pod(node, "default", name, Map.of("app", name));
    }

    /** Deletes a pod: the cluster forgets it, then its namespace goes. */
    public void remove(TestPod pod) {
        cluster.removePod(pod);
        pods.remove(pod);
        pod.close();
        bed.removePod(pod.place());
    }

    /** Waits until the agent has put the pod into the mesh and the proxies know it. */
    public void awaitEnrolled(TestPod... waited) {
        for (TestPod p : waited) {
            Eventually.holds(
                    p.name() + " is in the mesh", () -> cluster.redirection(p).equals("enabled"));
            Eventually.holds(
                    "every ztunnel speaks HBONE to " + p.name(),
                    () -> bed.nodes().stream().allMatch(n -> ztunnelKnows(n, p, "HBONE")));
        }
    }

    private boolean ztunnelKnows(Node node, TestPod pod, String protocol) {
        String dump = get(node.netns(), 15000, "/config_dump");
        int at = dump.indexOf("\"" + pod.ip() + "\"");
        return at >= 0 && ConfigDump.of(dump).protocolOf(pod.ip()).equals(protocol);
    }

    /** Deploys the waypoint of a namespace as the cluster would, and starts its process. */
    public Running waypoint(Node node, String namespace) {
        TestPod pod =
                pod(
                        node,
                        namespace,
                        "waypoint",
                        Map.of(
                                "gateway.networking.k8s.io/gateway-name", "waypoint",
                                "gateway.istio.io/managed", "istio.io-mesh-controller",
                                "istio.io/dataplane-mode", "none"));
        cluster.waypoint(namespace, pod);
        Map<String, String> env =
                new TreeMap<>(controlPlane(cluster.accountToken(namespace, pod.serviceAccount())));
        env.put("GATEWAY_NAME", "waypoint");
        env.put("POD_NAME", "waypoint");
        env.put("POD_NAMESPACE", namespace);
        env.put("SERVICE_ACCOUNT", pod.serviceAccount());
        env.put("INSTANCE_IP", pod.ip());
        env.putAll(extraEnvironment);
        Running waypoint =
                bed.start(pod.place(), new Launch("waypoint", Processes.waypoint(), env));
        return waypoint.await(
                "ready", PATIENCE, () -> answers(pod.place().netns(), 15021, "/healthz/ready"));
    }

    private Map<String, String> controlPlane(Path token) {
        String address = "https://" + bed.fabric().address() + ":15012";
        String root = cluster.rootCertificate().toString();
        Map<String, String> env = new TreeMap<>();
        env.put("XDS_ADDRESS", address);
        env.put("CA_ADDRESS", address);
        env.put("ALT_XDS_HOSTNAME", "istiod.istio-system.svc");
        env.put("ALT_CA_HOSTNAME", "istiod.istio-system.svc");
        env.put("XDS_ROOT_CA", root);
        env.put("CA_ROOT_CA", root);
        env.put("AUTH_TOKEN", token.toString());
        env.put("CLUSTER_ID", "Kubernetes");
        return env;
    }

    private Path zds(Node node) {
        return bed.socket("zds-" + node.name() + ".sock");
    }

    /** Body of an admin page read from inside a namespace; empty if nobody answers 200. */
    public static String get(Path netns, int port, String path) {
        try (Netns ns = Netns.open(netns);
                HttpClientInPod http =
                        new HttpClientInPod(new PodNet(ns), "127.0.0.1", port, "localhost")) {
            HttpClientInPod.Answer a = http.get(path);
            return a.status() == 200 ? a.body() : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean answers(Path netns, int port, String path) {
        return !get(netns, port, path).isEmpty();
    }

    @Override
    public void close() {
        pods.forEach(TestPod::close);
        bed.close();
        if (Boolean.getBoolean("ambit.keep")) {
            return;
        }
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
