package dev.ambit.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Running;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.tests.mesh.EchoApp;
import dev.ambit.tests.mesh.Eventually;
import dev.ambit.tests.mesh.NeedsRoot;
import dev.ambit.tests.mesh.PodNet;
import dev.ambit.tests.mesh.Talk;
import dev.ambit.tests.mesh.TestMesh;
import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * M13: one of the two processes is killed in the midst of a hand-over, right after one of its
 * messages. A connection of the process that lives on lives on; one that the dead process had is
 * reset, never silent; new ones are served, as soon as there is a process that serves. Two steps in
 * every run, all with {@code -Dambit.upgrade.steps=all}, those whose name contains it with anything
 * else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KilledTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private TestMesh mesh;
    private TestPod client;
    private TestPod server;
    private EchoApp inside;
    private EchoApp outside;
    private Running current;
    private Path socket;
    private int wires;

    /**
     * @param nth of that message: the first connection that moves is the rehearsal
     */
    record Step(boolean killsNew, String message, int nth, boolean everyTime) {
        /** Until then the old process takes everything back. */
        boolean beforeTheEnd() {
            return Stream.of("WELCOME", "POD", "PORT", "OFFERED", "READY", "RELEASED")
                    .anyMatch(message::equals);
        }

        boolean moved() {
            return message.equals("COMMIT") && nth == 2;
        }

        boolean tunnelLives() {
            return killsNew;
        }

        boolean plainLives() {
            return killsNew != moved();
        }

        @Override
        public String toString() {
            return "the %s process dies after %s %d"
                    .formatted(killsNew ? "new" : "old", message, nth);
        }
    }

    static Stream<Step> steps() {
        String wanted = System.getProperty("ambit.upgrade.steps", "");
        return Stream.of(true, false)
                .flatMap(
                        killsNew ->
                                Stream.of(
                                        new Step(killsNew, "WELCOME", 1, false),
                                        new Step(killsNew, "POD", 1, false),
                                        new Step(killsNew, "PORT", 1, false),
                                        new Step(killsNew, "OFFERED", 1, false),
                                        new Step(killsNew, "READY", 1, false),
                                        new Step(killsNew, "RELEASED", 1, !killsNew),
                                        new Step(killsNew, "SETTLED", 1, false),
                                        new Step(killsNew, "RETIRED", 1, false),
                                        new Step(killsNew, "SESSIONS", 1, false),
                                        new Step(killsNew, "SESSIONS", 2, false),
                                        new Step(killsNew, "COMMIT", 2, killsNew)))
                .filter(
                        step ->
                                switch (wanted) {
                                    case "" -> step.everyTime();
                                    case "all" -> true;
                                    default -> step.toString().contains(wanted);
                                });
    }

    @BeforeAll
    void start() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("KilledTest");
        mesh = new TestMesh("killed").replaceable().with("AMBIT_HANDOVER_LINGER", "600s");
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
        inside = new EchoApp(server.net(), 8001);
        try (Netns fabric = Netns.open(mesh.bed().fabric().netns())) {
            outside = new EchoApp(new PodNet(fabric), 9001);
        }
        current = mesh.process("ztunnel-n1");
        socket = mesh.handoverSocket(mesh.node1());
    }

    @AfterAll
    void leaveNothingBehind() throws IOException {
        if (outside != null) {
            inside.close();
            outside.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void nothingWorseThanDocumented(Step step) throws IOException {
        Eventually.holds("one waits for the next process", () -> Files.exists(socket));
        Path between = mesh.bed().socket("wire-" + ++wires + ".sock");
        Running old = current;
        CompletableFuture<Running> next = new CompletableFuture<>();
        try (Socket tunnel = client.connect(server.ip(), 8001);
                Socket plain = client.connect(mesh.bed().fabric().address(), 9001);
                HandoverWire wire =
                        new HandoverWire(
                                between,
                                socket,
                                step.message(),
                                step.nth(),
                                () -> (step.killsNew() ? next.join() : old).kill())) {
            assertThat(Talk.on(tunnel, "before")).isEqualTo("before");
            assertThat(Talk.on(plain, "before")).isEqualTo("before");
            mesh.with("AMBIT_HANDOVER", between.toString());
            next.complete(mesh.startZtunnel(mesh.node1()));
            mesh.without("AMBIT_HANDOVER");
            wire.awaitCut();
            if (!step.killsNew()) {
                current = next.join();
                socket = between;
            } else if (!step.beforeTheEnd()) {
                restart(old);
            }
            livesOrEnds(tunnel, step.tunnelLives());
            livesOrEnds(plain, step.plainLives());
            served();
            livesOrEnds(tunnel, step.tunnelLives());
        }
    }

    /** As Kubernetes or systemd would. The old process, which only finishes, finds it. */
    private void restart(Running old) {
        old.await("finishing", PATIENCE, () -> old.logText().contains("finishing what is open"));
        socket = mesh.handoverSocket(mesh.node1());
        current = mesh.startZtunnel(mesh.node1());
        old.await("found the newest", PATIENCE, () -> old.logText().contains("newest process is"));
    }

    private static void livesOrEnds(Socket connection, boolean lives) throws IOException {
        if (lives) {
            assertThat(Talk.on(connection, "after")).isEqualTo("after");
        } else {
            assertThat(Talk.ends(connection)).as("reset, not silent").isTrue();
        }
    }

    private void served() {
        Eventually.holds(
                "new connections are served, inside",
                () -> Talk.once(client, server.ip(), 8001, "new").equals("new"));
        Eventually.holds(
                "and outside",
                () -> Talk.once(client, mesh.bed().fabric().address(), 9001, "new").equals("new"));
    }
}
