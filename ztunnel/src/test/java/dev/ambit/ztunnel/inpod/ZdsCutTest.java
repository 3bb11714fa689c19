package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.proto.zds.AddWorkload;
import dev.ambit.api.proto.zds.DelWorkload;
import dev.ambit.api.proto.zds.SnapshotSent;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketServer;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * M16, M17: the agent's socket is cut at random places while pods come and go. Thirty cuts, or as
 * many as {@code -Dambit.cuts=1000} says (about a minute).
 */
final class ZdsCutTest {

    private static final int CUTS = Integer.getInteger("ambit.cuts", 30);
    private static final int PODS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Random random = new Random(20261121);
    private final Set<String> wanted = new TreeSet<>();
    private final Set<String> running = new ConcurrentSkipListSet<>();

    @Test
    void afterEveryCutTheProxyServesWhatTheAgentWants(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("zds.sock");
        List<String> broken = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (EventLoops loops = TestLoops.start();
                SeqPacketServer agent = SeqPacketSocket.listen(path, 0600)) {
            PodRegistry registry =
                    new PodRegistry(
                            loops.control(),
                            this::start,
                            new Readiness().task("workload proxy manager"),
                            new PodMetrics(MetricsRegistry.of("ztunnel", "test")));
            try (ZdsClient client = new ZdsClient(path, registry, broken::add)) {
                loops.background("zds", client);
                for (int i = 0; i < CUTS; i++) {
                    change();
                    speak(agent, random.nextInt(PODS + 2));
                }
                change();
                try (SeqPacketSocket whole = greeted(agent)) {
                    sendAll(whole, Integer.MAX_VALUE);
                    assertThat(uids(registry)).isEqualTo(wanted);
                    assertThat(running).isEqualTo(wanted);
                    assertThat(broken).isEmpty();
                }
            }
            registry.drain().get(5, TimeUnit.SECONDS);
        }
    }

    private void change() {
        for (int i = 0; i < PODS; i++) {
            if (random.nextInt(4) == 0 && !wanted.remove("pod-" + i)) {
                wanted.add("pod-" + i);
            }
        }
    }

    /** A connection that ends after so many messages, in the middle of whatever it is. */
    private void speak(SeqPacketServer agent, int messages) {
        try (SeqPacketSocket socket = greeted(agent)) {
            sendAll(socket, messages);
        } catch (SystemCallException cutMeanwhile) {
            // which is the point
        }
    }

    private static SeqPacketSocket greeted(SeqPacketServer agent) {
        SeqPacketSocket socket = agent.accept(PATIENCE).orElseThrow();
        socket.receive(1024, PATIENCE);
        return socket;
    }

    /** The snapshot, then a pod that comes and goes; the last message is never acknowledged. */
    private void sendAll(SeqPacketSocket socket, int messages) {
        int left = messages;
        for (String uid : wanted) {
            if (left-- == 0) {
                return;
            }
            send(socket, add(uid), left > 0);
        }
        if (left-- <= 0) {
            return;
        }
        send(
                socket,
                WorkloadRequest.newBuilder().setSnapshotSent(SnapshotSent.getDefaultInstance()),
                left > 0);
        if (left <= 0) {
            return;
        }
        send(socket, add("passing"), true);
        send(
                socket,
                WorkloadRequest.newBuilder().setDel(DelWorkload.newBuilder().setUid("passing")),
                true);
    }

    private static WorkloadRequest.Builder add(String uid) {
        return WorkloadRequest.newBuilder()
                .setAdd(
                        AddWorkload.newBuilder()
                                .setUid(uid)
                                .setWorkloadInfo(
                                        dev.ambit.api.proto.zds.WorkloadInfo.newBuilder()
                                                .setName(uid)
                                                .setNamespace("ns")
                                                .setServiceAccount("sa")));
    }

    private static void send(
            SeqPacketSocket socket, WorkloadRequest.Builder request, boolean acknowledged) {
        byte[] packet = request.build().toByteArray();
        if (request.hasAdd()) {
            try (Netns netns = Netns.self()) {
                socket.send(packet, netns.fd());
            }
        } else {
            socket.send(packet);
        }
        if (acknowledged) {
            assertThat(socket.receive(1024, PATIENCE)).isInstanceOf(Received.Packet.class);
        }
    }

    private CompletableFuture<RunningPod> start(String uid, WorkloadInfo info, Netns netns) {
        running.add(uid);
        return CompletableFuture.completedFuture(new RunningPod(uid, netns));
    }

    private Set<String> uids(PodRegistry registry) throws Exception {
        Set<String> uids = new TreeSet<>();
        for (PodRegistry.View view : registry.view().get(5, TimeUnit.SECONDS)) {
            uids.add(view.uid());
        }
        return uids;
    }

    /** A pod that runs until it is stopped. */
    private final class RunningPod implements Pod {
        private final String uid;
        private final Netns netns;

        RunningPod(String uid, Netns netns) {
            this.uid = uid;
            this.netns = netns;
        }

        @Override
        public CompletableFuture<Void> stop(Stop how) {
            running.remove(uid);
            netns.close();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<List<OpenConnection>> connections() {
            return CompletableFuture.completedFuture(List.of());
        }
    }
}
