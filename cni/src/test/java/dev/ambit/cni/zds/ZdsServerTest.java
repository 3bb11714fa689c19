package dev.ambit.cni.zds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.cni.enrolment.PodId;
import dev.ambit.cni.zds.ZtunnelLink.Reply;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's side of ZDS against a ztunnel that does as it is told. */
@Timeout(60)
final class ZdsServerTest {

    private static final PodId POD = new PodId("uid-1", "ns", "pod", "sa");

    private final EventLoops loops = TestLoops.start();
    private final BlockingQueue<ZtunnelLink> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<ZtunnelLink> disconnected = new LinkedBlockingQueue<>();
    @TempDir private Path dir;
    private ZdsServer server;
    private Path path;

    @BeforeEach
    void start() {
        path = dir.resolve("z.sock");
        server =
                ZdsServer.start(
                        path, loops, connected::add, disconnected::add, Duration.ofSeconds(2));
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    private ZtunnelLink link() throws InterruptedException {
        ZtunnelLink link = connected.poll(20, TimeUnit.SECONDS);
        assertThat(link).isNotNull();
        return link;
    }

    private CompletableFuture<Reply> asking(java.util.function.Supplier<Reply> question) {
        return CompletableFuture.supplyAsync(question, loops.blocking());
    }

    @Test
    void handsOverAPodWithItsNamespaceAndWaitsForTheAcknowledgement() throws Exception {
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(path);
                Netns netns = Netns.self()) {
            ZtunnelLink link = link();
            CompletableFuture<Reply> add = asking(() -> link.add(POD, netns));
            WorkloadRequest request = ztunnel.next();
            assertThat(request.getAdd().getUid()).isEqualTo("uid-1");
            assertThat(request.getAdd().getWorkloadInfo().getServiceAccount()).isEqualTo("sa");
            assertThat(ztunnel.lastInode()).isEqualTo(netns.inode());
            assertThat(add).isNotDone();
            ztunnel.ack();
            assertThat(add.get()).isEqualTo(new Reply.Acknowledged());

            CompletableFuture<Reply> keep = asking(() -> link.keep("uid-2"));
            assertThat(ztunnel.take().getKeep().getUid()).isEqualTo("uid-2");
            assertThat(keep.get()).isEqualTo(new Reply.Acknowledged());

            CompletableFuture<Reply> sent = asking(link::snapshotSent);
            assertThat(ztunnel.take().hasSnapshotSent()).isTrue();
            assertThat(sent.get()).isEqualTo(new Reply.Acknowledged());

            CompletableFuture<Reply> del = asking(() -> link.delete("uid-1"));
            assertThat(ztunnel.next().getDel().getUid()).isEqualTo("uid-1");
            ztunnel.ack("no such pod");
            assertThat(del.get()).isEqualTo(new Reply.Refused("no such pod"));
        }
    }

    @Test
    void numbersItsConnectionsSoThatTheNewestIsKnown() throws Exception {
        FakeZtunnel old = FakeZtunnel.connect(path);
        ZtunnelLink first = link();
        FakeZtunnel young = FakeZtunnel.connect(path);
        assertThat(link().number()).isGreaterThan(first.number());
        old.close();
        young.close();
    }

    @Test
    void tellsThatAZtunnelIsGone() throws Exception {
        FakeZtunnel ztunnel = FakeZtunnel.connect(path);
        ZtunnelLink link = link();
        ztunnel.close();
        assertThat(disconnected.poll(20, TimeUnit.SECONDS)).isSameAs(link);
        assertThat(link.snapshotSent()).isInstanceOf(Reply.Lost.class);
    }

    @Test
    void givesUpOnAZtunnelThatDoesNotAcknowledge() throws Exception {
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(path)) {
            ZtunnelLink link = link();
            CompletableFuture<Reply> sent = asking(link::snapshotSent);
            ztunnel.next();
            assertThat(sent.get()).isInstanceOf(Reply.Lost.class);
            assertThat(ztunnel.disconnected()).isTrue();
            assertThat(disconnected.poll(20, TimeUnit.SECONDS)).isSameAs(link);
        }
    }

    @Test
    void endsAConnectionThatSpeaksUnasked() throws Exception {
        try (FakeZtunnel ztunnel = FakeZtunnel.connect(path)) {
            ZtunnelLink link = link();
            ztunnel.ack();
            assertThat(ztunnel.disconnected()).isTrue();
            assertThat(disconnected.poll(20, TimeUnit.SECONDS)).isSameAs(link);
        }
    }

    @Test
    void refusesWhoDoesNotGreetOrSpeaksAnotherVersion() throws Exception {
        try (FakeZtunnel wrong = FakeZtunnel.silent(path)) {
            wrong.send(new byte[] {8, 9});
            assertThat(wrong.disconnected()).isTrue();
        }
        try (FakeZtunnel silent = FakeZtunnel.silent(path)) {
            assertThat(silent.disconnected()).isTrue();
        }
        assertThat(connected).isEmpty();
    }
}
