package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Completed;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Place;
import dev.ambit.demo.bed.Running;
import dev.ambit.tests.mesh.EchoApp;
import dev.ambit.tests.mesh.Eventually;
import dev.ambit.tests.mesh.NameServer;
import dev.ambit.tests.mesh.Talk;
import dev.ambit.tests.mesh.TestCluster;
import dev.ambit.tests.mesh.TestMesh;
import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The mesh under test and who plays in it: two pods that talk to each other across nodes, one that
 * may never reach the server, one that policy lets in and out, and two outside the mesh.
 */
final class Stage implements AutoCloseable {

    static final int PORT = 8001;
    static final String MESH_NAME = "named.default.svc.cluster.local";
    static final String MESH_ADDRESS = "10.96.8.1";
    static final String OUTER_NAME = "www.example.net";

    private static final Duration COMMAND = Duration.ofSeconds(20);

    private final TestMesh mesh;
    private final TestPod client;
    private final TestPod server;
    private final TestPod victim;
    private final TestPod flip;
    private final TestPod outsider;
    private final TestPod plain;
    private final SessionServer atServer;
    private final SessionServer atClient;
    private final SessionServer atFlip;
    private final EchoApp atPlain;
    private final Reference flipPolicy = new Reference(false);
    private final AtomicLong ids = new AtomicLong();
    private final String resolver;
    private NameServer names;

    Stage(String name, CaFiles ca, String certificateLife) {
        mesh = new TestMesh(name);
        mesh.withIstiod("AMBIT_CACERTS", ca.directory().toString());
        mesh.with("SECRET_TTL", certificateLife);
        mesh.with("POOL_UNUSED_RELEASE_TIMEOUT", "5s");
        // Options of this name win over those of the command line.
        mesh.with("_JAVA_OPTIONS", "-Dio.netty.leakDetection.level=paranoid");
        // One node as by default, the other one such that its proxy can be replaced, on epoll.
        mesh.replaceable(mesh.node1());
        resolver = mesh.bed().fabric().address();
        mesh.with("AMBIT_RESOLV_CONF", resolvConf(ca, resolver).toString());
        names = new NameServer(mesh.bed().fabric().netns(), resolver);
        mesh.cluster().apply("named", service("named", MESH_ADDRESS, "server"));
        mesh.cluster().apply("namespace-outside", TestCluster.namespace("outside", Map.of()));
        client = mesh.pod(mesh.node1(), "client");
        victim = mesh.pod(mesh.node1(), "victim");
        server = mesh.pod(mesh.node2(), "server");
        flip = mesh.pod(mesh.node2(), "flip");
        outsider = mesh.pod(mesh.node1(), "outside", "outsider", Map.of("app", "outsider"));
        plain = mesh.pod(mesh.node2(), "outside", "plain", Map.of("app", "plain"));
        mesh.cluster().apply("deny-victim", deny("deny-victim", "server", victim));
        mesh.start().awaitEnrolled(client, victim, server, flip);
        atServer = new SessionServer(server.net(), PORT);
        atClient = new SessionServer(client.net(), PORT);
        atFlip = new SessionServer(flip.net(), PORT);
        atPlain = new EchoApp(plain.net(), PORT);
        Eventually.holds("the mesh is in its steady state", () -> unsteady().isEmpty());
    }

    TestMesh mesh() {
        return mesh;
    }

    TestPod client() {
        return client;
    }

    TestPod victim() {
        return victim;
    }

    TestPod server() {
        return server;
    }

    TestPod flip() {
        return flip;
    }

    TestPod outsider() {
        return outsider;
    }

    SessionServer atFlip() {
        return atFlip;
    }

    Reference flipPolicy() {
        return flipPolicy;
    }

    List<SessionServer> servers() {
        return List.of(atServer, atClient, atFlip);
    }

    /** A new session from the client to the server, or the other way for every second id. */
    Session open(Duration patience) throws IOException {
        long id = ids.incrementAndGet();
        return id % 2 == 0
                ? Session.open(id, client, server.ip(), PORT, patience)
                : Session.open(id, server, client.ip(), PORT, patience);
    }

    Session open(TestPod from, TestPod to, Duration patience) throws IOException {
        return Session.open(ids.incrementAndGet(), from, to.ip(), PORT, patience);
    }

    SessionServer serverOf(Session session) {
        return session.id() % 2 == 0 ? atServer : atClient;
    }

    /** The policy that keeps the victim from the flip pod. */
    void flip(boolean denied) {
        if (denied) {
            mesh.cluster().apply("deny-flip", deny("deny-flip", "flip", victim));
        } else {
            mesh.cluster().delete("deny-flip");
        }
        flipPolicy.set(denied);
    }

    /** Says something in plain text between pods outside the mesh. */
    boolean plainTalk() {
        return Talk.once(outsider, plain.ip(), PORT, Wire.PLAIN).equals(Wire.PLAIN);
    }

    /** What a pod is told when it asks for a name; empty if nothing, "code n" for no address. */
    String lookUp(String name) {
        return NameServer.ask(client, resolver, name);
    }

    /** The name server of names beyond the mesh ends, or is there again. */
    void nameServer(boolean alive) {
        if (alive) {
            names = new NameServer(mesh.bed().fabric().netns(), resolver);
        } else {
            names.close();
        }
    }

    /** What is not as it is when all is well; empty if nothing. */
    Optional<String> unsteady() {
        if (!reaches(client, server)) {
            return Optional.of("client does not reach server");
        }
        if (!reaches(server, client)) {
            return Optional.of("server does not reach client");
        }
        if (reaches(victim, server)) {
            return Optional.of("the victim reaches the server");
        }
        if (!lookUp(MESH_NAME).equals(MESH_ADDRESS)) {
            return Optional.of("a name of the mesh is not found");
        }
        if (!lookUp(OUTER_NAME).equals(NameServer.ANSWER)) {
            return Optional.of("a name beyond the mesh is not found");
        }
        if (!plainTalk()) {
            return Optional.of("pods outside the mesh do not reach each other");
        }
        return Optional.empty();
    }

    boolean reaches(TestPod from, TestPod to) {
        try (Session s = open(from, to, Duration.ofSeconds(3))) {
            return s.exchange(2);
        } catch (IOException refused) {
            return false;
        }
    }

    Running ztunnel(Node node) {
        return mesh.process("ztunnel-" + node.name());
    }

    /** Runs a shell line in a place; throws with its words if it fails. */
    void must(Place place, String line) {
        Completed done = mesh.bed().exec(place, COMMAND, "sh", "-c", line);
        if (done.exit() != 0) {
            throw new IllegalStateException(line + ": " + done.err() + done.out());
        }
    }

    /** Whether a shell line succeeds in a place. */
    boolean can(Place place, String line) {
        return mesh.bed().exec(place, COMMAND, "sh", "-c", line).exit() == 0;
    }

    /** A fault lasts. */
    static void last(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static Path resolvConf(CaFiles beside, String server) {
        try {
            return Files.writeString(
                    beside.directory().resolve("resolv.conf"), "nameserver " + server + "\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static String service(String name, String vip, String app) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: default}
        spec:
          clusterIP: %2$s
          clusterIPs: [%2$s]
          selector: {app: %3$s}
          ports: [{name: tcp, port: %4$d, targetPort: %4$d}]
        """
                .formatted(name, vip, app, PORT);
    }

    static String deny(String name, String app, TestPod source) {
        return """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: %s, namespace: default}
        spec:
          selector: {matchLabels: {app: %s}}
          action: DENY
          rules:
          - from:
            - source:
                principals: ["%s"]
        """
                .formatted(name, app, source.identity().substring("spiffe://".length()));
    }

    @Override
    public void close() {
        names.close();
        try (mesh;
                atServer;
                atClient;
                atFlip;
                atPlain) {
            // closed in reverse order
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
