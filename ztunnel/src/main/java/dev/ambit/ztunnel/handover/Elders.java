package dev.ambit.ztunnel.handover;

import com.google.protobuf.MessageLite;
import dev.ambit.api.proto.handover.Ack;
import dev.ambit.api.proto.handover.Elder;
import dev.ambit.api.proto.handover.KnownPod;
import dev.ambit.api.proto.handover.MovedOn;
import dev.ambit.api.proto.handover.PodGone;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.inpod.PodRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The older processes that still finish: the one this process took over from, and those that have
 * lost their own successor. The newest tells all of them of deleted pods and receives their
 * connections; once it finishes itself it sends them on to its own successor. Thread-safe.
 */
public final class Elders {

    private static final Log LOG = Log.get("handover");

    private final PodRegistry pods;
    private final MeshView mesh;
    private final EventLoops loops;
    private final Map<Line, Integer> lines = new LinkedHashMap<>();
    private boolean movedOn;

    /** Nobody, at first. */
    public Elders(PodRegistry pods, MeshView mesh, EventLoops loops) {
        this.pods = pods;
        this.mesh = mesh;
        this.loops = loops;
    }

    /** Loopback ports of their pages. */
    public synchronized List<Integer> pages() {
        return lines.values().stream().filter(port -> port != 0).toList();
    }

    /** From here on it is told what happens. */
    void add(Line line, int adminPort) {
        synchronized (this) {
            lines.put(line, adminPort);
            if (!movedOn) {
                return;
            }
        }
        tell(line, movedOn());
    }

    /**
     * One that has lost its successor; on a thread of its own until it has finished.
     *
     * @param version that both know
     */
    void join(Line line, Elder elder, int version) {
        loops.background(
                "elder",
                () -> {
                    try {
                        line.send(
                                ToOld.newBuilder()
                                        .setAck(Ack.newBuilder().setVersion(version))
                                        .build());
                    } catch (LineBroken gone) {
                        line.close();
                        return;
                    }
                    LOG.info("an older process has found us", "build", elder.getBuild());
                    add(line, elder.getAdminPort());
                    Map<String, Long> known =
                            elder.getPodsList().stream()
                                    .collect(
                                            Collectors.toMap(
                                                    KnownPod::getUid,
                                                    KnownPod::getNetnsInode,
                                                    (one, same) -> one));
                    pods.gone(known).thenAccept(gone -> gone.forEach(uid -> tell(line, gone(uid))));
                    receive(line);
                });
    }

    /** Receives its connections until it has finished. */
    void receive(Line line) {
        try {
            new Arrivals(line, pods, mesh, loops).run();
        } finally {
            synchronized (this) {
                lines.remove(line);
            }
        }
    }

    /** They may still have connections of it. Any thread. */
    public void podGone(String uid) {
        all().forEach(line -> tell(line, gone(uid)));
    }

    /** Another process serves the pods from here on. */
    void moveOn() {
        synchronized (this) {
            movedOn = true;
        }
        all().forEach(line -> tell(line, movedOn()));
    }

    private synchronized List<Line> all() {
        return List.copyOf(lines.keySet());
    }

    private static MessageLite gone(String uid) {
        return ToOld.newBuilder().setPodGone(PodGone.newBuilder().setUid(uid)).build();
    }

    private static MessageLite movedOn() {
        return ToOld.newBuilder().setMovedOn(MovedOn.getDefaultInstance()).build();
    }

    private static void tell(Line line, MessageLite what) {
        try {
            line.send(what);
        } catch (LineBroken finished) {
            // Then it has nothing left to be told about.
        }
    }
}
