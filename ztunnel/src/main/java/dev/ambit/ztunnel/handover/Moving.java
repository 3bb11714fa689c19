package dev.ambit.ztunnel.handover;

import com.google.protobuf.ByteString;
import dev.ambit.api.proto.handover.Bytes;
import dev.ambit.api.proto.handover.Commit;
import dev.ambit.api.proto.handover.Session;
import dev.ambit.api.proto.handover.Sessions;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.hbone.relay.Detached;
import dev.ambit.hbone.relay.Room;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.Moved;
import dev.ambit.ztunnel.policy.Pass;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Moves plain connections to the newest process, a few at a time: each is out of work only while
 * its own few are described and taken in, after a {@link Rehearsal}. A connection belongs to one
 * process at any time: the other does not touch it before it is committed, and what is not
 * committed goes on here. One thread.
 */
final class Moving {

    private static final Log LOG = Log.get("handover");

    /** Connections of one message, two descriptors and at most two records each. */
    private static final int FEW = 16;

    /** Bytes of one message beside what describes its connections. */
    private static final int PIECE = 64 * 1024;

    /** Bytes of kernel pipes that come along in memory; the rest stays until somebody reads it. */
    private static final long MOST_CARRIED = 32L << 20;

    /** How long a relay brings nothing new, so that its pipes run empty. */
    private static final Duration SETTLING = Duration.ofMillis(60);

    private static final long PATIENCE_SECONDS = 10;
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final EventLoops loops;
    private final Newest newest;
    private final Rehearsed rehearsed = new Rehearsed();
    private final AtomicLong nextId = new AtomicLong(1);

    /**
     * First those whose pipes are empty, so that none of them waits for the others; then those
     * whose pipes run empty; then what there is memory for.
     */
    private final List<Room> rooms =
            List.of(
                    new Room(0, Duration.ZERO),
                    new Room(0, SETTLING),
                    new Room(MOST_CARRIED, Duration.ZERO));

    /**
     * @param far the other pod, of a connection that is also another's
     */
    private record Leaving(
            long id, PodRegistry.Serving pod, Moved moved, PodRegistry.@Nullable Serving far) {

        void comesBack() {
            pod.transfer().adopt(moved, far == null ? null : far.transfer());
        }
    }

    /** With whom moving is known to work, and when to try again where it did not. */
    private static final class Rehearsed {
        private @Nullable Dialogue with;
        private long notBefore = Long.MIN_VALUE;
    }

    Moving(EventLoops loops, Newest newest) {
        this.loops = loops;
        this.newest = newest;
    }

    /** Moves what can move now. */
    void move(List<PodRegistry.Serving> pods) {
        if (!rehearsed()) {
            return;
        }
        for (Room room : rooms) {
            for (PodRegistry.Serving pod : pods) {
                move(pod, pods, room);
            }
        }
    }

    private void move(PodRegistry.Serving pod, List<PodRegistry.Serving> pods, Room room) {
        Dialogue talk = newest.dialogue();
        if (talk == null) {
            return;
        }
        Pass pass = new Pass(FEW, talk.knows(Line.PAIRS), room);
        int moved = 0;
        long longest = 0;
        boolean more = true;
        while (more) {
            int before = pass.tried();
            long start = System.nanoTime();
            List<Leaving> leaving = leave(pod, pods, pass);
            int sent = few(talk, leaving);
            longest = Math.max(longest, System.nanoTime() - start);
            boolean theirs = newest.dialogue() == talk;
            moved += theirs ? sent : 0;
            // What came back would be tried again and again.
            more = pass.tried() > before && sent == leaving.size() && theirs;
        }
        if (moved > 0) {
            LOG.info(
                    "connections handed over alive",
                    "pod",
                    pod.info().toString(),
                    "count",
                    moved,
                    "longestPause",
                    Duration.ofNanos(longest));
        }
    }

    // ---- the rehearsal ----

    private boolean rehearsed() {
        Dialogue talk = newest.dialogue();
        if (talk == null || talk == rehearsed.with || !talk.knows(Line.REHEARSALS)) {
            return talk != null;
        }
        long now = System.nanoTime();
        if (rehearsed.notBefore != Long.MIN_VALUE && now - rehearsed.notBefore < 0) {
            return false;
        }
        try (Rehearsal rehearsal = Rehearsal.begin(loops)) {
            try {
                rehearse(talk, rehearsal.detached());
            } finally {
                rehearsal.closeMoved();
            }
            rehearsal.goesOn();
            rehearsed.with = talk;
            return true;
        } catch (LineBroken broken) {
            newest.lost(broken);
        } catch (IOException | RuntimeException failed) {
            rehearsed.notBefore = now + AGAIN.toNanos();
            LOG.warn(
                    "AMB1245 a connection to ourselves did not survive its move / the others stay"
                            + " here / tried again in "
                            + AGAIN.toSeconds()
                            + " s",
                    "error",
                    failed);
        }
        return false;
    }

    private void rehearse(Dialogue talk, Detached detached) throws LineBroken {
        Session session =
                SessionMessages.sockets(nextId.getAndIncrement(), detached)
                        .setRehearsal(true)
                        .build();
        talk.tell(
                ToNew.newBuilder().setSessions(Sessions.newBuilder().addSessions(session)).build(),
                detached.first().descriptor(),
                detached.second().descriptor());
        talk.tell(ToNew.newBuilder().setCommit(Commit.getDefaultInstance()).build());
    }

    // ---- connections ----

    /** How many of them were sent. */
    private int few(Dialogue talk, List<Leaving> leaving) {
        List<Leaving> going = new ArrayList<>();
        for (Leaving one : leaving) {
            if (one.moved().far() != null && one.far() == null) {
                // The other pod has begun to go; nobody else serves it.
                one.comesBack();
            } else {
                going.add(one);
            }
        }
        for (int from = 0; from < going.size(); from += FEW) {
            batch(talk, going.subList(from, Math.min(from + FEW, going.size())));
        }
        return going.size();
    }

    private List<Leaving> leave(
            PodRegistry.Serving pod, List<PodRegistry.Serving> pods, Pass pass) {
        CompletableFuture<List<Moved>> leaving = pod.transfer().leave(pass);
        try {
            return of(pod, pods, leaving.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | CompletionException stuck) {
            LOG.error("connections not handed over", "pod", pod.info().toString(), "error", stuck);
        }
        // Whatever leaves its loop too late would be nobody's.
        leaving.thenAccept(late -> stay(of(pod, pods, late)));
        return List.of();
    }

    private List<Leaving> of(
            PodRegistry.Serving pod, List<PodRegistry.Serving> pods, List<Moved> moved) {
        return moved.stream()
                .map(one -> new Leaving(nextId.getAndIncrement(), pod, one, far(one, pods)))
                .toList();
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

    private void batch(Dialogue talk, List<Leaving> batch) {
        if (newest.dialogue() != talk) {
            stay(batch);
            return;
        }
        try {
            describe(talk, batch);
            talk.commit(ToNew.newBuilder().setCommit(Commit.getDefaultInstance()).build());
        } catch (LineBroken broken) {
            newest.lost(broken);
            stay(batch);
            return;
        }
        // Theirs now: whatever happens, their bytes must not be read here.
        for (Leaving one : batch) {
            Descriptors.close(one.moved().sockets().first().descriptor());
            Descriptors.close(one.moved().sockets().second().descriptor());
        }
        try {
            talk.acknowledged(ToNew.KindCase.COMMIT);
        } catch (LineBroken broken) {
            newest.lost(broken);
        }
    }

    private static void describe(Dialogue talk, List<Leaving> batch) throws LineBroken {
        Sessions.Builder sessions = Sessions.newBuilder();
        int[] descriptors = new int[2 * batch.size()];
        int room = PIECE;
        for (int i = 0; i < batch.size(); i++) {
            Leaving one = batch.get(i);
            Detached sockets = one.moved().sockets();
            Session.Builder session = SessionMessages.write(one.id(), one.pod().uid(), one.moved());
            int bytes = sockets.first().unwritten().length + sockets.second().unwritten().length;
            if (bytes <= room) {
                room -= bytes;
                session.setToFirst(ByteString.copyFrom(sockets.first().unwritten()))
                        .setToSecond(ByteString.copyFrom(sockets.second().unwritten()));
            }
            if (one.moved().far() != null && one.far() != null) {
                session.setFar(SessionMessages.far(one.far().uid(), one.moved().far()));
            }
            sessions.addSessions(session);
            descriptors[2 * i] = sockets.first().descriptor();
            descriptors[2 * i + 1] = sockets.second().descriptor();
        }
        talk.tell(ToNew.newBuilder().setSessions(sessions).build(), descriptors);
        for (int i = 0; i < batch.size(); i++) {
            Session session = sessions.getSessions(i);
            Detached sockets = batch.get(i).moved().sockets();
            if (session.getToFirst().isEmpty() && session.getToSecond().isEmpty()) {
                pieces(talk, session.getId(), false, sockets.first().unwritten());
                pieces(talk, session.getId(), true, sockets.second().unwritten());
            }
        }
    }

    private static void pieces(Dialogue talk, long id, boolean toSecond, byte[] bytes)
            throws LineBroken {
        for (int from = 0; from < bytes.length; from += PIECE) {
            int length = Math.min(PIECE, bytes.length - from);
            talk.tell(
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
