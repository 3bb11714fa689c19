package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Node;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * E14, M29: the replicas of a service are replaced one after the other under load. The short form
 * is part of every run; {@code -Dambit.requests=10000} is the long one.
 */
final class TerminatingPodTest {

    private static final int REQUESTS = Integer.getInteger("ambit.requests", 600);
    private static final int REPLICAS = 3;
    private static final int CLIENTS = 4;
    private static final int PORT = 8001;
    private static final String VIP = "10.96.9.1";

    private static TestMesh mesh;
    private static TestPod client;

    private final Deque<Replica> replicas = new ArrayDeque<>();
    private int made;
    private int left;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("TerminatingPodTest");
        mesh = new TestMesh("ending");
        client = mesh.pod(mesh.node1(), "client");
        mesh.cluster().apply("service", SERVICE);
        mesh.start().awaitEnrolled(client);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    /** Applications serve until their container ends, as they do without a hook of their own. */
    @Test
    void aRollingRestartFailsNoRequest() throws IOException {
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(replica());
        }
        AtomicInteger asked = new AtomicInteger();
        List<String> failed = new CopyOnWriteArrayList<>();
        int replaced = 0;
        try (Askers askers = new Askers(asked, failed)) {
            while (asked.get() < REQUESTS || replaced < REPLICAS) {
                replicas.add(replica());
                replaceOldest(askers);
                replaced++;
            }
            askers.stop();
        } finally {
            for (Replica r : replicas) {
                r.app().close();
            }
        }
        System.err.printf(
                "E14: %d requests, %d failed, while %d pods were replaced, %d connections left%n",
                asked.get(), failed.size(), replaced, left);
        assertThat(failed).isEmpty();
    }

    /** Captured before it is ready, as a pod is whose network the node agent has set up. */
    private Replica replica() {
        Node node = made % 2 == 0 ? mesh.node2() : mesh.node1();
        TestPod pod = mesh.pod(node, "default", "web" + made++, Map.of("app", "starting"));
        EchoApp app = new EchoApp(pod.net(), PORT);
        mesh.awaitEnrolled(pod);
        mesh.cluster().pod(pod, node.name(), Map.of("app", "web"));
        return new Replica(pod, app);
    }

    /** What is open goes on and ends in its own time; nothing new comes; then the pod goes. */
    private void replaceOldest(Askers askers) throws IOException {
        Replica old = replicas.remove();
        try (Socket open = client.connect(old.pod().ip(), PORT)) {
            assertThat(Talk.on(open, "before")).isEqualTo("before");
            mesh.cluster().terminate(old.pod());
            Eventually.holds(
                    "every proxy knows that " + old.pod().name() + " ends",
                    () ->
                            mesh.bed().nodes().stream()
                                    .map(n -> TestMesh.get(n.netns(), 15000, "/config_dump"))
                                    .filter(dump -> !dump.isEmpty())
                                    .allMatch(
                                            dump -> !ConfigDump.of(dump).healthy(old.pod().ip())));
            assertThat(Talk.on(open, "meanwhile")).isEqualTo("meanwhile");
        }
        askers.awaitNextRequests();
        left += old.app().open();
        old.app().close();
        mesh.remove(old.pod());
    }

    /** A replica of the service and its application. */
    private record Replica(TestPod pod, EchoApp app) {}

    /** Clients that ask the service all the time, each request on a connection of its own. */
    private static final class Askers implements AutoCloseable {
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicIntegerArray done = new AtomicIntegerArray(CLIENTS);
        private volatile boolean running = true;

        Askers(AtomicInteger asked, List<String> failed) {
            for (int i = 0; i < CLIENTS; i++) {
                int own = i;
                threads.add(
                        Thread.ofPlatform()
                                .daemon()
                                .start(
                                        () -> {
                                            while (running) {
                                                String text = "request " + asked.incrementAndGet();
                                                String answer = Talk.once(client, VIP, PORT, text);
                                                if (!answer.equals(text)) {
                                                    failed.add(text + ": \"" + answer + "\"");
                                                }
                                                done.incrementAndGet(own);
                                            }
                                        }));
            }
        }

        /** What every client had begun is over, and one more request after it. */
        void awaitNextRequests() {
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                int before = done.get(client);
                Eventually.holds("requests go on", () -> done.get(client) >= before + 2);
            }
        }

        void stop() {
            running = false;
            for (Thread t : threads) {
                try {
                    t.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void close() {
            running = false;
        }
    }

    private static final String SERVICE =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: 10.96.9.1
              clusterIPs: [10.96.9.1]
              selector: {app: web}
              ports: [{name: tcp, port: 8001, targetPort: 8001}]
            """;
}
