package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Ack;
import dev.ambit.api.proto.handover.Elder;
import dev.ambit.api.proto.handover.Gone;
import dev.ambit.api.proto.handover.Hello;
import dev.ambit.api.proto.handover.Listener;
import dev.ambit.api.proto.handover.Offered;
import dev.ambit.api.proto.handover.Pod;
import dev.ambit.api.proto.handover.Port;
import dev.ambit.api.proto.handover.Refused;
import dev.ambit.api.proto.handover.Released;
import dev.ambit.api.proto.handover.Retired;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.api.proto.handover.Welcome;
import dev.ambit.runtime.linux.SeqPacketServer;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.inpod.Inherited;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The running process's side, on a thread of its own: waits for the next process, one at a time.
 * Until the next one has proved that it serves, everything that is given can be taken back: on any
 * failure this process goes on as if nothing had been asked.
 */
public final class Succession implements Runnable, AutoCloseable {

    private static final Log LOG = Log.get("handover");

    private static final int OWNER_ONLY = 0600;
    private static final Duration WORD = Duration.ofSeconds(5);

    /** A successor fetches its state and certificates meanwhile; we accept, so it may take time. */
    private static final Duration UNTIL_READY = Duration.ofMinutes(2);

    /** Only the successor accepts meanwhile: a broken one must not for long (M13). */
    private static final Duration UNTIL_SETTLED = Duration.ofSeconds(10);

    /**
     * @param begins run when a successor serves everything and this process only finishes
     * @param finished run when nothing is left here
     */
    public record Finish(Runnable begins, Runnable finished) {}

    private final HandoverConfig config;
    private final Household household;
    private final HandoverMetrics metrics;
    private final Finish finish;
    private final Lingering lingering;

    private volatile @Nullable SeqPacketServer server;
    private volatile boolean closed;

    /**
     * @param finish the end of this process
     */
    public Succession(
            HandoverConfig config, Household household, HandoverMetrics metrics, Finish finish) {
        this.config = config;
        this.household = household;
        this.metrics = metrics;
        this.finish = finish;
        this.lingering = new Lingering(config, household);
    }

    /** Waits for successors until one has taken over, or this is closed. */
    @Override
    public void run() {
        try (SeqPacketServer waiting = SeqPacketSocket.listen(config.socket(), OWNER_ONLY)) {
            server = waiting;
            LOG.info("waiting for the next process", "path", config.socket().toString());
            while (!closed) {
                SeqPacketSocket next = waiting.accept(Duration.ZERO).orElse(null);
                if (next != null && serve(next, waiting)) {
                    return;
                }
            }
        } catch (SystemCallException | UncheckedIOException unusable) {
            metrics.failed();
            LOG.error(
                    "AMB1240 the next process cannot take over: no socket",
                    "path",
                    config.socket().toString(),
                    "error",
                    unusable.getMessage());
        }
    }

    /** Whether the successor has taken over. */
    private boolean serve(SeqPacketSocket socket, SeqPacketServer waiting) {
        Line line = new Line(socket);
        boolean kept = false;
        try {
            if (!sameUser(socket)) {
                return false;
            }
            Dialogue dialogue = new Dialogue(line, this::unexpected);
            ToOld first = dialogue.next(WORD);
            if (first.hasElder()) {
                kept = joined(line, first.getElder());
                return false;
            }
            if (!first.hasHello()) {
                throw new LineBroken(first.getKindCase() + " (expected: HELLO)");
            }
            dialogue.agreed(greet(line, first.getHello()));
            if (!handedOver(dialogue)) {
                return false;
            }
            waiting.close();
            retire(line, dialogue);
            return true;
        } catch (LineBroken broken) {
            refused(broken);
            return false;
        } finally {
            if (!kept) {
                line.close();
            }
        }
    }

    /** It is older and finishes: it is told what happens, and what it still has may come here. */
    private boolean joined(Line line, Elder elder) throws LineBroken {
        Version version = version(elder.getOldest(), elder.getNewest());
        String reason = version.wrong();
        if (!reason.isEmpty()) {
            line.send(ToOld.newBuilder().setAck(Ack.newBuilder().setError(reason)).build());
            throw new LineBroken(reason);
        }
        household.elders().join(line, elder, version.number());
        return true;
    }

    private static boolean sameUser(SeqPacketSocket socket) {
        try {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            int peer = socket.peerCredentials().uid();
            if (uid != peer) {
                LOG.warn("AMB1241 hand-over refused: another user", "uid", peer, "expected", uid);
            }
            return uid == peer;
        } catch (IOException | SystemCallException unknown) {
            LOG.warn("AMB1241 hand-over refused: unknown user", "error", unknown);
            return false;
        }
    }

    /** The version both know. */
    private int greet(Line line, Hello hello) throws LineBroken {
        Version version = version(hello.getOldest(), hello.getNewest());
        if (!version.wrong().isEmpty()) {
            line.send(
                    ToNew.newBuilder()
                            .setRefused(Refused.newBuilder().setReason(version.wrong()))
                            .build());
            throw new LineBroken(version.wrong());
        }
        LOG.info("the next process asks to take over", "build", hello.getBuild());
        line.send(
                ToNew.newBuilder()
                        .setWelcome(
                                Welcome.newBuilder()
                                        .setVersion(version.number())
                                        .setBuild(config.build())
                                        .setPid((int) ProcessHandle.current().pid()))
                        .build());
        return version.number();
    }

    /**
     * @param number the newest that both know
     * @param wrong why there is none, or ""
     */
    private record Version(int number, String wrong) {}

    private static Version version(int oldest, int newest) {
        int number = Math.min(newest, Line.VERSION);
        boolean common = number >= oldest && number >= Line.OLDEST;
        return new Version(
                number,
                common
                        ? ""
                        : "versions %d to %d (expected: some of %d to %d)"
                                .formatted(oldest, newest, Line.OLDEST, Line.VERSION));
    }

    private boolean handedOver(Dialogue dialogue) {
        boolean agentStopped = false;
        List<PodRegistry.Serving> paused = List.of();
        try {
            Map<String, Long> sent = new HashMap<>();
            offerPods(dialogue, sent);
            for (var port : household.ports().offer().entrySet()) {
                for (int descriptor : port.getValue()) {
                    dialogue.tell(
                            ToNew.newBuilder()
                                    .setPort(Port.newBuilder().setName(port.getKey()))
                                    .build(),
                            descriptor);
                }
            }
            dialogue.tell(
                    ToNew.newBuilder()
                            .setOffered(Offered.newBuilder().setPods(sent.size()))
                            .build());
            dialogue.expect(ToOld.KindCase.READY, UNTIL_READY);
            agentStopped = true;
            household.agent().stop();
            // What has come and gone while the successor made itself ready.
            paused = offerPods(dialogue, sent);
            paused.forEach(pod -> pod.transfer().pause());
            household.ports().pause();
            dialogue.tell(ToNew.newBuilder().setReleased(Released.getDefaultInstance()).build());
            dialogue.expect(ToOld.KindCase.SETTLED, UNTIL_SETTLED);
            return true;
        } catch (LineBroken broken) {
            paused.forEach(pod -> pod.transfer().resume());
            household.ports().resume();
            if (agentStopped) {
                household.agent().start();
            }
            dialogue.refuse(broken.getMessage());
            refused(broken);
            return false;
        }
    }

    private void refused(LineBroken broken) {
        metrics.handedBack();
        LOG.warn(
                "AMB1242 the next process has not taken over, this one goes on",
                "reason",
                broken.getMessage());
    }

    /** Sends the pods the successor does not have yet, and the names of those gone since. */
    private List<PodRegistry.Serving> offerPods(Dialogue dialogue, Map<String, Long> sent)
            throws LineBroken {
        List<PodRegistry.Serving> serving = household.pods().serving().join();
        Set<String> now =
                serving.stream().map(PodRegistry.Serving::uid).collect(Collectors.toSet());
        for (String uid : new ArrayList<>(sent.keySet())) {
            if (!now.contains(uid)) {
                sent.remove(uid);
                dialogue.tell(ToNew.newBuilder().setGone(Gone.newBuilder().setUid(uid)).build());
            }
        }
        for (PodRegistry.Serving pod : serving) {
            Long before = sent.put(pod.uid(), pod.netns());
            if (before == null || before != pod.netns()) {
                offer(dialogue, pod);
            }
        }
        return serving;
    }

    /** A pod: its namespace and its listeners, in as many messages as it takes. */
    private static void offer(Dialogue dialogue, PodRegistry.Serving pod) throws LineBroken {
        Transfer.Offer offer = pod.transfer().offer();
        boolean certified = pod.transfer().certified();
        int at = 0;
        boolean first = true;
        do {
            Pod.Builder message =
                    Pod.newBuilder()
                            .setUid(pod.uid())
                            .setName(pod.info().name())
                            .setNamespace(pod.info().namespace())
                            .setServiceAccount(pod.info().serviceAccount())
                            .setNetnsInode(pod.netns())
                            .setCertified(certified);
            List<Integer> descriptors = new ArrayList<>();
            if (first && offer.netns().isPresent()) {
                message.setNetns(true);
                descriptors.add(offer.netns().getAsInt());
            }
            for (;
                    at < offer.listeners().size()
                            && descriptors.size() < SeqPacketSocket.MAX_DESCRIPTORS;
                    at++) {
                Inherited.Listener listener = offer.listeners().get(at);
                message.addListeners(
                        Listener.newBuilder()
                                .setPort(listener.port())
                                .setDatagram(listener.datagram()));
                descriptors.add(listener.descriptor());
            }
            first = false;
            dialogue.tell(
                    ToNew.newBuilder().setPod(message).build(),
                    descriptors.stream().mapToInt(Integer::intValue).toArray());
        } while (at < offer.listeners().size());
    }

    /** From here on there is no way back: the successor serves, we only finish. */
    private void retire(Line line, Dialogue dialogue) {
        metrics.completed();
        finish.begins().run();
        household.ports().closeListeners();
        int port = household.drainPages().getAsInt();
        LOG.info(
                "the next process has taken over, finishing what is open",
                "limit",
                config.linger(),
                "pages",
                "127.0.0.1:" + port);
        try {
            dialogue.tell(
                    ToNew.newBuilder().setRetired(Retired.newBuilder().setAdminPort(port)).build());
        } catch (LineBroken broken) {
            LOG.warn("the next process is gone again", "reason", broken.getMessage());
        }
        lingering.run(line, dialogue.version(), port);
        finish.finished().run();
    }

    private void unexpected(ToOld message) {
        if (message.hasPodGone()) {
            household.pods().cut(message.getPodGone().getUid());
        }
    }

    /** Waits for nobody any more. */
    @Override
    public void close() {
        closed = true;
        SeqPacketServer waiting = server;
        if (waiting != null) {
            waiting.close();
        }
    }
}
