package dev.ambit.ztunnel.handover;

import com.google.protobuf.ByteString;
import dev.ambit.api.proto.handover.Bytes;
import dev.ambit.api.proto.handover.Commit;
import dev.ambit.api.proto.handover.Session;
import dev.ambit.api.proto.handover.Sessions;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.hbone.relay.Room;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.Moved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The old process after a successor has taken over: hands plain connections over alive, again and
 * again because some were still being opened, and finishes the tunnels. A connection belongs to one
 * process at any time: the successor does not touch it before it is committed, and what is not
 * committed goes on here. One thread.
 */
final class Lingering {

    private static final Log LOG = Log.get("handover");

    /** Connections of one message, two descriptors and at most two records each. */
    private static final int BATCH = 60;

    /** Bytes of one connection in one message. */
    private static final int PIECE = 64 * 1024;

    /** Bytes of kernel pipes that come along in memory; the rest stays until somebody reads it. */
    private static final long MOST_CARRIED = 32L << 20;

    /** How long a relay brings nothing new, so that its pipes run empty. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private static final Duration BETWEEN_MOVES = Duration.ofSeconds(1);
    private static final Duration REPORT = Duration.ofMinutes(1);
    private static final long PATIENCE_SECONDS = 10;

    private final HandoverConfig config;
    private final Household household;
    private final Room room = new Room(MOST_CARRIED, SETTLING);
    private boolean connected = true;
    private long nextId = 1;

    /**
     * @param far the other pod, of a connection that is also another's
     */
    private record Leaving(
            long id, PodRegistry.Serving pod, Moved moved, PodRegistry.@Nullable Serving far) {

        void comesBack() {
            pod.transfer().adopt(moved, far == null ? null : far.transfer());
        }
    }

    Lingering(HandoverConfig config, Household household) {
        this.config = config;
        this.household = household;
    }

    /** Comes back when nothing is left, or the limit is reached and the rest cut. */
    void run(Dialogue dialogue) {
        List<PodRegistry.Serving> pods = household.pods().serving().join();
        CompletableFuture<Void> finished =
                CompletableFuture.allOf(
                        pods.stream()
                                .map(pod -> pod.transfer().linger(config.linger()))
                                .toArray(CompletableFuture[]::new));
        long report = System.nanoTime() + REPORT.toNanos();
        while (!finished.isDone()) {
            move(dialogue, pods);
            listen(dialogue, finished);
            if (System.nanoTime() >= report) {
                report += REPORT.toNanos();
                report(pods);
            }
        }
        LOG.info("nothing is left here");
    }

    private void listen(Dialogue dialogue, CompletableFuture<Void> finished) {
        try {
            if (connected) {
                dialogue.listen(BETWEEN_MOVES);
                return;
            }
        } catch (LineBroken broken) {
            connected = false;
            LOG.warn("the next process is gone", "reason", broken.getMessage());
        }
        finished.copy()
                .completeOnTimeout(null, BETWEEN_MOVES.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static void report(List<PodRegistry.Serving> pods) {
        for (PodRegistry.Serving pod : pods) {
            List<Transfer.Held> held = pod.transfer().held().join();
            if (!held.isEmpty()) {
                LOG.info(
                        "still open here",
                        "pod",
                        pod.info().toString(),
                        "connections",
                        held.size(),
                        "longest",
                        held.stream().map(Transfer.Held::age).max(Duration::compareTo).get());
            }
        }
    }

    private void move(Dialogue dialogue, List<PodRegistry.Serving> pods) {
        for (PodRegistry.Serving pod : pods) {
            if (!connected) {
                return;
            }
            List<Leaving> leaving = new ArrayList<>();
            for (Moved moved : leave(pod, dialogue.knows(Line.PAIRS))) {
                Leaving one = new Leaving(nextId++, pod, moved, far(moved, pods));
                if (moved.far() != null && one.far() == null) {
                    // The other pod has begun to go; nobody else serves it.
                    one.comesBack();
                } else {
                    leaving.add(one);
                }
            }
            for (int from = 0; from < leaving.size(); from += BATCH) {
                batch(dialogue, leaving.subList(from, Math.min(from + BATCH, leaving.size())));
            }
            if (!leaving.isEmpty() && connected) {
                LOG.info(
                        "connections handed over alive",
                        "pod",
                        pod.info().toString(),
                        "count",
                        leaving.size());
            }
        }
    }

    private static PodRegistry.@Nullable Serving far(Moved moved, List<PodRegistry.Serving> pods) {
        ConnectionTracker tracker = moved.far() == null ? null : moved.far().tracker();
        return tracker == null
                ? null
                : pods.stream()
                        .filter(pod -> pod.transfer().owns(tracker))
                        .findFirst()
                        .orElse(null);
    }

    private List<Moved> leave(PodRegistry.Serving pod, boolean pairs) {
        try {
            return pod.transfer().leave(pairs, room).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException
                | CompletionException stuck) {
            LOG.error("connections not handed over", "pod", pod.info().toString(), "error", stuck);
            return List.of();
        }
    }

    private void batch(Dialogue dialogue, List<Leaving> batch) {
        if (!connected) {
            stay(batch);
            return;
        }
        try {
            describe(dialogue, batch);
            dialogue.commit(ToNew.newBuilder().setCommit(Commit.getDefaultInstance()).build());
        } catch (LineBroken broken) {
            connected = false;
            LOG.warn(
                    "the next process is gone, connections stay here",
                    "reason",
                    broken.getMessage());
            stay(batch);
            return;
        }
        // Theirs now: whatever happens, their bytes must not be read here.
        for (Leaving one : batch) {
            Descriptors.close(one.moved().sockets().first().descriptor());
            Descriptors.close(one.moved().sockets().second().descriptor());
        }
        try {
            dialogue.acknowledged(ToNew.KindCase.COMMIT);
        } catch (LineBroken broken) {
            connected = false;
            LOG.warn("the next process is gone", "reason", broken.getMessage());
        }
    }

    private static void describe(Dialogue dialogue, List<Leaving> batch) throws LineBroken {
        Sessions.Builder sessions = Sessions.newBuilder();
        int[] descriptors = new int[2 * batch.size()];
        for (int i = 0; i < batch.size(); i++) {
            Leaving one = batch.get(i);
            Session.Builder session = SessionMessages.write(one.id(), one.pod().uid(), one.moved());
            if (one.moved().far() != null && one.far() != null) {
                session.setFar(SessionMessages.far(one.far().uid(), one.moved().far()));
            }
            sessions.addSessions(session);
            descriptors[2 * i] = one.moved().sockets().first().descriptor();
            descriptors[2 * i + 1] = one.moved().sockets().second().descriptor();
        }
        dialogue.tell(ToNew.newBuilder().setSessions(sessions).build(), descriptors);
        for (Leaving one : batch) {
            pieces(dialogue, one.id(), false, one.moved().sockets().first().unwritten());
            pieces(dialogue, one.id(), true, one.moved().sockets().second().unwritten());
        }
    }

    private static void pieces(Dialogue dialogue, long id, boolean toSecond, byte[] bytes)
            throws LineBroken {
        for (int from = 0; from < bytes.length; from += PIECE) {
            int length = Math.min(PIECE, bytes.length - from);
            dialogue.tell(
                    ToNew.newBuilder()
                            .setBytes(
                                    Bytes.newBuilder()
                                            .setSession(id)
                                            .setToSecond(toSecond)
                                            .setData(ByteString.copyFrom(bytes, from, length)))
                            .build());
        }
    }

    private static void stay(List<Leaving> batch) {
        batch.forEach(Leaving::comesBack);
    }
}
