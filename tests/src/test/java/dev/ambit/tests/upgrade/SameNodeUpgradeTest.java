package dev.ambit.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Running;
import dev.ambit.tests.mesh.Bulk;
import dev.ambit.tests.mesh.EchoApp;
import dev.ambit.tests.mesh.Eventually;
import dev.ambit.tests.mesh.NeedsRoot;
import dev.ambit.tests.mesh.NodeProxyTest;
import dev.ambit.tests.mesh.Talk;
import dev.ambit.tests.mesh.TestMesh;
import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A ztunnel is replaced while two pods of its node are connected without a tunnel: their sockets
 * move to the next process, with all that was on its way, and everything that judged them before
 * judges them there.
 */
final class SameNodeUpgradeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long MUCH = 96L << 20;

    /** More than move at a time. */
    private static final int SESSIONS = 40;

    private static final int PAUSE_MILLIS = 20;

    private @Nullable TestMesh running;

    @BeforeEach
    void needsRoot() {
        NeedsRoot.orSayThatItIsSkipped("SameNodeUpgradeTest");
    }

    @AfterEach
    void leaveNothingBehind() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void shortCutsMoveWithWhatIsInTheirPipes() throws IOException {
        // So long that an old process which kept one of them would still be there at the end.
        TestMesh mesh =
                new TestMesh("nearup")
                        .replaceable()
                        .with("AMBIT_SAME_NODE_SHORTCUT", "true")
                        .with("AMBIT_HANDOVER_LINGER", "600s");
        running = mesh;
        TestPod client = mesh.pod(mesh.node1(), "client");
        TestPod server = mesh.pod(mesh.node1(), "server");
        mesh.start().awaitEnrolled(client, server);
        try (EchoApp app = new EchoApp(server.net(), 8001);
                Socket large = client.connect(server.ip(), 8001);
                Socket denied = client.connect(server.ip(), 8001)) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                sessions.add(
                        new Session(
                                client.connect(server.ip(), 8001), i % 3 == 0, PAUSE_MILLIS, i));
            }
            assertThat(Talk.on(denied, "before")).isEqualTo("before");
            Bulk bulk = new Bulk(large, 7, MUCH);
            // Nobody reads: the pipes and every other buffer are full when the process changes.
            bulk.awaitFull();
            Running first = mesh.process("ztunnel-n1");
            Running second = upgrade(mesh);
            theOldOneEnds(first);
            assertThat(bulk.comesBack()).isEqualTo(bulk.sent());
            Running third = upgrade(mesh);
            theOldOneEnds(second);

            sessions.forEach(Session::finish);
            assertThat(sessions.stream().map(Session::outcome).toList())
                    .extracting(Session.Outcome::failure)
                    .containsOnly("");
            assertThat(app.accepted()).isEqualTo(SESSIONS + 2);
            isToldOfOnce(first);

            mesh.cluster().apply("deny", NodeProxyTest.deny("deny", "server", client));
            assertThat(Talk.ends(denied)).as("what has moved is asked about again").isTrue();
            Eventually.holds(
                    "the destination says why",
                    () -> third.logText().contains("connection closed due to policy change"));
        }
    }

    private static Running upgrade(TestMesh mesh) {
        Running next = mesh.startZtunnel(mesh.node1());
        next.await(
                "serving in place of the old one",
                PATIENCE,
                () -> next.logText().contains("waiting for the next process"));
        return next;
    }

    private static void theOldOneEnds(Running old) {
        assertThat(old.endsWithin(PATIENCE)).as("nothing keeps the old process").isTrue();
        assertThat(old.exit()).isZero();
    }

    /**
     * One line for each side of the connection, by the process that saw its end. All have one log.
     */
    private static void isToldOfOnce(Running first) {
        String bytes = "bytes_sent=" + MUCH + " bytes_recv=" + MUCH;
        for (String direction : List.of("inbound", "outbound")) {
            Eventually.holds(
                    direction + " is told of once",
                    () ->
                            first.logText()
                                            .lines()
                                            .filter(line -> line.contains("connection complete"))
                                            .filter(line -> line.contains("\"" + direction + "\""))
                                            .filter(line -> line.contains(bytes))
                                            .count()
                                    == 1);
        }
    }
}
