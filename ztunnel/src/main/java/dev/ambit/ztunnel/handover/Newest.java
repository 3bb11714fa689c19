package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Ack;
import dev.ambit.api.proto.handover.Elder;
import dev.ambit.api.proto.handover.KnownPod;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.inpod.PodRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * From a process that finishes to the one that serves: first its own successor; when that one is
 * gone or finishes too, whoever waits for a next process. One thread.
 */
final class Newest implements AutoCloseable {

    private static final Log LOG = Log.get("handover");

    private static final Duration WORD = Duration.ofSeconds(5);

    private final HandoverConfig config;
    private final PodRegistry pods;
    private final int adminPort;
    private @Nullable Line line;
    private @Nullable Dialogue dialogue;
    private boolean movedOn;
    private String complaint = "";

    /**
     * @param adminPort of the pages of this process
     */
    Newest(HandoverConfig config, PodRegistry pods, int adminPort) {
        this.config = config;
        this.pods = pods;
        this.adminPort = adminPort;
    }

    /**
     * It is the one at the other end.
     *
     * @param version that both know
     */
    void is(Line other, int version) {
        Dialogue talk = new Dialogue(other, this::heard);
        talk.agreed(version);
        line = other;
        dialogue = talk;
        movedOn = false;
        complaint = "";
    }

    /** What is said to it; null while nobody is known. */
    @Nullable Dialogue dialogue() {
        return dialogue;
    }

    /** Nobody is known any more; what was not committed stays here. */
    void lost(LineBroken broken) {
        LOG.warn("the next process is gone, looking for another", "reason", broken.getMessage());
        close();
    }

    /** Listens for that long, unless there is nobody to listen to. */
    void listen(Duration limit) {
        Dialogue talk = dialogue;
        if (talk == null) {
            return;
        }
        try {
            talk.listen(limit);
        } catch (LineBroken broken) {
            lost(broken);
            return;
        }
        if (movedOn) {
            LOG.info("the next process finishes too, looking for the newest");
            close();
        }
    }

    /** Tries to find the process that serves now. */
    void find() {
        SeqPacketSocket socket;
        try {
            socket = SeqPacketSocket.connect(config.socket());
        } catch (SystemCallException nobody) {
            return;
        }
        Line found = new Line(socket);
        try {
            found.send(greeting());
            var answer = found.receive(ToOld.parser(), WORD);
            Line.close(answer.descriptors());
            Ack ack = answer.message().getAck();
            if (!answer.message().hasAck() || !ack.getError().isEmpty()) {
                throw new LineBroken("refused: " + ack.getError());
            }
            is(found, ack.getVersion());
            LOG.info("the newest process is found");
        } catch (LineBroken broken) {
            found.close();
            String reason = String.valueOf(broken.getMessage());
            if (!reason.equals(complaint)) {
                complaint = reason;
                LOG.warn("the newest process does not talk to us, trying again", "reason", reason);
            }
        }
    }

    private ToOld greeting() {
        Elder.Builder elder =
                Elder.newBuilder()
                        .setOldest(Line.OLDEST)
                        .setNewest(Line.VERSION)
                        .setBuild(config.build())
                        .setAdminPort(adminPort);
        for (PodRegistry.Serving pod : pods.serving().join()) {
            elder.addPods(KnownPod.newBuilder().setUid(pod.uid()).setNetnsInode(pod.netns()));
        }
        return ToOld.newBuilder().setElder(elder).build();
    }

    private void heard(ToOld message) {
        if (message.hasPodGone()) {
            pods.cut(message.getPodGone().getUid());
        } else if (message.hasMovedOn()) {
            movedOn = true;
        }
    }

    @Override
    public void close() {
        if (line != null) {
            line.close();
        }
        line = null;
        dialogue = null;
    }
}
