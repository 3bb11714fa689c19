package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.proto.handover.Ack;
import dev.ambit.api.proto.handover.Elder;
import dev.ambit.api.proto.handover.Hello;
import dev.ambit.api.proto.handover.KnownPod;
import dev.ambit.api.proto.handover.Ready;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.demo.bed.Running;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketSocket;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * M13, M14, M17: whatever asks to take over and cannot, the running ztunnel goes on: its open
 * connection still talks, new ones are served, and what waited meanwhile was not refused.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrokenSuccessorTest {

    private static final Duration WORD = Duration.ofSeconds(15);

    private TestMesh mesh;
    private TestPod client;
    private TestPod server;
    private EchoApp app;
    private Socket kept;

    @BeforeAll
    void start() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("BrokenSuccessorTest");
        mesh = new TestMesh("broken").replaceable();
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
        app = new EchoApp(server.net(), 8001);
        kept = client.connect(server.ip(), 8001);
        Eventually.holds(
                "the socket for the next process is there",
                () -> java.nio.file.Files.exists(mesh.handoverSocket(mesh.node1())));
    }

    @AfterAll
    void leaveNothingBehind() throws IOException {
        if (app != null) {
            kept.close();
            app.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void m13ASuccessorThatDiesAtOnceChangesNothing() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(1, 1));
        }
        goesOn();
    }

    @Test
    void m17AnUnreadableMessageChangesNothing() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send("not a message".getBytes(StandardCharsets.UTF_8));
            assertThat(hear(next).getKindCase()).isEqualTo(ToNew.KindCase.KIND_NOT_SET);
        }
        goesOn();
    }

    @Test
    void m14AVersionNobodyHereKnowsIsRefusedByName() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(7, 9));
            assertThat(hear(next).getRefused().getReason()).contains("versions 7 to 9");
        }
        goesOn();
    }

    /** What a later version adds is none of our business as long as it knows ours. */
    @Test
    void m14ALaterVersionThatKnowsOursIsWelcome() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(1, 9));
            assertThat(hear(next).getWelcome().getVersion()).isBetween(1, 8);
        }
        goesOn();
    }

    @Test
    void m13ASuccessorThatDiesWithAllSocketsInHandChangesNothing() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(1, 1));
            takeAll(next);
        }
        goesOn();
    }

    /** It said it was ready, so the old process has stopped accepting: it starts again. */
    @Test
    void m13ASuccessorThatDiesAfterTakingOverGivesEverythingBack() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(1, 1));
            takeAll(next);
            next.send(
                    ToOld.newBuilder().setReady(Ready.getDefaultInstance()).build().toByteArray());
            acknowledgeUntil(next, ToNew.KindCase.RELEASED);
        }
        goesOn();
    }

    /** Nothing is refused meanwhile: a connection waits in the accept queue. */
    @Test
    void m13ASuccessorThatHangsAfterTakingOverLosesEverythingAgainInTime() throws IOException {
        try (SeqPacketSocket next = connect()) {
            next.send(hello(1, 1));
            takeAll(next);
            next.send(
                    ToOld.newBuilder().setReady(Ready.getDefaultInstance()).build().toByteArray());
            acknowledgeUntil(next, ToNew.KindCase.RELEASED);
            goesOn();
        }
    }

    /** A real process that gets no certificate: it proves nothing, so it takes nothing over. */
    @Test
    void m13ASuccessorWithoutCertificatesDoesNotTakeOver() throws IOException {
        Running old = mesh.process("ztunnel-n1");
        mesh.with("CA_ADDRESS", "https://127.0.0.1:1");
        Running next = mesh.startZtunnel(mesh.node1());
        mesh.with("CA_ADDRESS", "https://" + mesh.bed().fabric().address() + ":15012");
        assertThat(next.endsWithin(Duration.ofSeconds(90))).isTrue();
        assertThat(next.exit()).isEqualTo(1);
        assertThat(next.logText()).contains("AMB1244");
        assertThat(old.alive()).isTrue();
        goesOn();
    }

    /** Not a successor: it has lost its own, and hears of deleted pods from whoever serves now. */
    @Test
    void anOlderProcessIsToldWhichPodsAreGoneAndWhichGo() throws IOException {
        TestPod leaving = mesh.pod(mesh.node1(), "leaving");
        mesh.awaitEnrolled(leaving);
        String uid = "uid-default-leaving";
        try (SeqPacketSocket older = connect()) {
            older.send(elder(1, uid, "uid-long-gone"));
            assertThat(hearOld(older).hasAck()).isTrue();
            // Its namespace is another one than that of the pod that is served under its name.
            assertThat(List.of(gone(older), gone(older)))
                    .containsExactlyInAnyOrder(uid, "uid-long-gone");
            mesh.remove(leaving);
            assertThat(gone(older)).isEqualTo(uid);
        }
        goesOn();
    }

    @Test
    void m14AnOlderProcessOfAnUnknownVersionIsRefusedByName() throws IOException {
        try (SeqPacketSocket older = connect()) {
            older.send(elder(7, "uid-default-client"));
            assertThat(hearOld(older).getAck().getError()).contains("versions 7 to 7");
        }
        goesOn();
    }

    private static byte[] elder(int version, String... uids) {
        Elder.Builder elder =
                Elder.newBuilder().setOldest(version).setNewest(version).setBuild("test");
        for (String uid : uids) {
            elder.addPods(KnownPod.newBuilder().setUid(uid).setNetnsInode(1));
        }
        return ToOld.newBuilder().setElder(elder).build().toByteArray();
    }

    private static String gone(SeqPacketSocket older) throws IOException {
        return hearOld(older).getPodGone().getUid();
    }

    private static ToOld hearOld(SeqPacketSocket older) throws IOException {
        return older.receive(128 * 1024, WORD) instanceof Received.Packet packet
                ? ToOld.parseFrom(packet.bytes())
                : ToOld.getDefaultInstance();
    }

    private void goesOn() throws IOException {
        assertThat(Talk.on(kept, "still here")).isEqualTo("still here");
        for (int i = 0; i < 5; i++) {
            assertThat(Talk.once(client, server.ip(), 8001, "new " + i)).isEqualTo("new " + i);
        }
        Eventually.holds(
                "it answers for itself again",
                () -> !TestMesh.get(mesh.node1().netns(), 15021, "/healthz/ready").isEmpty());
    }

    private SeqPacketSocket connect() {
        return SeqPacketSocket.connect(mesh.handoverSocket(mesh.node1()));
    }

    private static byte[] hello(int oldest, int newest) {
        return ToOld.newBuilder()
                .setHello(Hello.newBuilder().setOldest(oldest).setNewest(newest).setBuild("test"))
                .build()
                .toByteArray();
    }

    /** Welcome, then everything up to the end of the offer. */
    private static void takeAll(SeqPacketSocket next) throws IOException {
        assertThat(hear(next).hasWelcome()).isTrue();
        acknowledgeUntil(next, ToNew.KindCase.OFFERED);
    }

    private static void acknowledgeUntil(SeqPacketSocket next, ToNew.KindCase last)
            throws IOException {
        ToNew.KindCase heard;
        do {
            heard = hear(next).getKindCase();
            next.send(ToOld.newBuilder().setAck(Ack.getDefaultInstance()).build().toByteArray());
        } while (heard != last);
    }

    private static ToNew hear(SeqPacketSocket next) throws IOException {
        return switch (next.receive(128 * 1024, WORD)) {
            case Received.Packet packet -> {
                for (int fd : packet.fds()) {
                    Descriptors.close(fd);
                }
                yield ToNew.parseFrom(packet.bytes());
            }
            case Received.EndOfStream end -> ToNew.getDefaultInstance();
            case Received.TimedOut late -> throw new IOException("nothing was said");
            case Received.Truncated lost -> throw new IOException("too long");
        };
    }
}
