package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Running;
import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A ztunnel is replaced while connections are open and others are being opened. The short form is
 * part of every run; {@code -Dambit.upgrade.sessions=1000 -Dambit.upgrade.rounds=10} is the long
 * one.
 */
final class UpgradeTest {

    private static final int SESSIONS = Integer.getInteger("ambit.upgrade.sessions", 60);
    private static final int ROUNDS = Integer.getInteger("ambit.upgrade.rounds", 2);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private @Nullable TestMesh running;

    @BeforeEach
    void needsRoot() {
        NeedsRoot.orSayThatItIsSkipped("UpgradeTest");
    }

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
        }
    }

    /**
     * A third idle, a third busy on plain connections out of the mesh, a third busy through
     * tunnels; new connections all the time. Nothing is reset, refused or lost.
     */
    @Test
    void sessionsAndNewConnectionsNoticeNothingOfUpgrades() throws IOException {
        TestMesh mesh = new TestMesh("upgrade").replaceable().with("AMBIT_HANDOVER_LINGER", "600s");
        running = mesh;
        TestPod client = mesh.pod(mesh.node1(), "client");
        TestPod server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
        String outside = mesh.bed().fabric().address();
        try (Netns fabric = Netns.open(mesh.bed().fabric().netns());
                EchoApp inside = new EchoApp(server.net(), 8001);
                EchoApp beyond = new EchoApp(new PodNet(fabric), 9001)) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                boolean idle = i % 3 == 0;
                boolean plain = i % 3 == 1 || i % 6 == 0;
                sessions.add(
                        new Session(
                                plain
                                        ? client.connect(outside, 9001)
                                        : client.connect(server.ip(), 8001),
                                idle,
                                i));
            }
            try (Newcomers newcomers = new Newcomers(client, server.ip(), outside)) {
                for (int round = 0; round < ROUNDS; round++) {
                    upgrade(mesh, mesh.node1());
                    upgrade(mesh, mesh.node2());
                }
                newcomers.stop();
                assertThat(newcomers.refused).as("refused of new connections").hasValue(0);
                assertThat(newcomers.served.get()).isPositive();
                report("new connections served", newcomers.served.get());
            }
            sessions.forEach(Session::finish);
            List<Session.Outcome> outcomes = sessions.stream().map(Session::outcome).toList();
            assertThat(outcomes).extracting(Session.Outcome::failure).containsOnly("");
            report("sessions", outcomes.size());
            report("bytes", outcomes.stream().mapToLong(Session.Outcome::bytes).sum());
            report(
                    "silence p99 ms",
                    outcomes.stream()
                            .mapToLong(Session.Outcome::longestSilenceMillis)
                            .sorted()
                            .skip((long) (outcomes.size() * 0.99))
                            .findFirst()
                            .orElse(0));
            assertThat(inside.accepted()).isPositive();
            assertThat(beyond.accepted()).isPositive();
        }
        theOldOnesEndByThemselves(mesh);
    }

    private static void upgrade(TestMesh mesh, Node node) {
        Running old = mesh.process("ztunnel-" + node.name());
        Running next = mesh.startZtunnel(node);
        next.await(
                "serving in place of the old one",
                PATIENCE,
                () -> next.logText().contains("waiting for the next process"));
        next.await(
                "ready",
                PATIENCE,
                () -> !TestMesh.get(node.netns(), 15021, "/healthz/ready").isEmpty());
        assertThat(old.name()).isEqualTo(next.name());
    }

    private static void theOldOnesEndByThemselves(TestMesh mesh) {
        for (Node node : mesh.bed().nodes()) {
            Eventually.holds(
                    "one ztunnel is left on " + node.name(),
                    () ->
                            mesh.bed().running().stream()
                                            .filter(r -> r.name().equals("ztunnel-" + node.name()))
                                            .filter(Running::alive)
                                            .count()
                                    == 1);
        }
    }

    @SuppressWarnings("SystemOut") // figures of the long form
    private static void report(String what, long value) {
        System.out.println("upgrade: " + what + ": " + value);
    }

    /** Opens connection after connection, in and out of the mesh. */
    private static final class Newcomers implements AutoCloseable {
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final List<CompletableFuture<Void>> threads = new ArrayList<>();

        Newcomers(TestPod client, String inside, String outside) {
            start(client, inside, 8001);
            start(client, outside, 9001);
        }

        private void start(TestPod client, String ip, int port) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            threads.add(ended);
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () -> {
                                while (!stopped.get()) {
                                    boolean answered =
                                            Talk.once(client, ip, port, "new").equals("new");
                                    (answered ? served : refused).incrementAndGet();
                                }
                                ended.complete(null);
                            });
        }

        void stop() {
            stopped.set(true);
            threads.forEach(CompletableFuture::join);
        }

        @Override
        public void close() {
            stopped.set(true);
        }
    }
}
