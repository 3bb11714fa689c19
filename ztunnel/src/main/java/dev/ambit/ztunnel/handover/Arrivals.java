package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Ack;
import dev.ambit.api.proto.handover.Bytes;
import dev.ambit.api.proto.handover.Session;
import dev.ambit.api.proto.handover.Sessions;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.api.proto.handover.ToOld;
import dev.ambit.hbone.relay.Detached;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The new process, after it has taken over: receives connections alive. They are kept untouched
 * until the old process commits them; without that they are still its own. One thread.
 */
final class Arrivals {

    private static final Log LOG = Log.get("handover");

    private final Line line;
    private final PodRegistry pods;
    private final MeshView mesh;
    private final EventLoops loops;
    private final Map<Long, Arrival> waiting = new LinkedHashMap<>();

    private static final class Arrival {
        private final Session session;
        private final int first;
        private final int second;
        private final ByteArrayOutputStream toFirst = new ByteArrayOutputStream();
        private final ByteArrayOutputStream toSecond = new ByteArrayOutputStream();

        Arrival(Session session, int first, int second) {
            this.session = session;
            this.first = first;
            this.second = second;
            toFirst.writeBytes(session.getToFirst().toByteArray());
            toSecond.writeBytes(session.getToSecond().toByteArray());
        }

        Detached sockets() {
            return new Detached(
                    new Detached.Half(first, toFirst.toByteArray(), session.getFirstOutputClosed()),
                    new Detached.Half(
                            second, toSecond.toByteArray(), session.getSecondOutputClosed()),
                    session.getFirstToSecond(),
                    session.getSecondToFirst());
        }

        void close() {
            Descriptors.close(first);
            Descriptors.close(second);
        }
    }

    Arrivals(Line line, PodRegistry pods, MeshView mesh, EventLoops loops) {
        this.line = line;
        this.pods = pods;
        this.mesh = mesh;
        this.loops = loops;
    }

    /** Until the old process has nothing left. */
    void run() {
        try (line) {
            while (true) {
                Heard<ToNew> heard = line.receive(ToNew.parser(), Duration.ZERO);
                String error = carryOut(heard);
                line.send(ToOld.newBuilder().setAck(Ack.newBuilder().setError(error)).build());
            }
        } catch (LineBroken over) {
            LOG.info("the old process has finished", "reason", over.getMessage());
        } finally {
            // Not committed: they are the old one's, which goes on with its own descriptors.
            waiting.values().forEach(Arrival::close);
            waiting.clear();
        }
    }

    private String carryOut(Heard<ToNew> heard) {
        ToNew message = heard.message();
        if (message.hasSessions()) {
            return collect(message.getSessions(), heard.descriptors());
        }
        Line.close(heard.descriptors());
        if (message.hasBytes()) {
            return append(message.getBytes());
        }
        if (message.hasCommit()) {
            adopt();
        }
        return "";
    }

    private String collect(Sessions sessions, int[] descriptors) {
        if (descriptors.length != 2 * sessions.getSessionsCount()) {
            Line.close(descriptors);
            return descriptors.length
                    + " descriptors for "
                    + sessions.getSessionsCount()
                    + " connections (expected: two each)";
        }
        int at = 0;
        for (Session session : sessions.getSessionsList()) {
            waiting.put(
                    session.getId(), new Arrival(session, descriptors[at++], descriptors[at++]));
        }
        return "";
    }

    private String append(Bytes bytes) {
        Arrival arrival = waiting.get(bytes.getSession());
        if (arrival == null) {
            return "bytes of connection " + bytes.getSession() + ", which was not sent";
        }
        (bytes.getToSecond() ? arrival.toSecond : arrival.toFirst)
                .writeBytes(bytes.getData().toByteArray());
        return "";
    }

    private void adopt() {
        Map<String, Transfer> serving =
                pods.serving().join().stream()
                        .collect(
                                Collectors.toMap(
                                        PodRegistry.Serving::uid, PodRegistry.Serving::transfer));
        int arrived = 0;
        for (Arrival arrival : waiting.values()) {
            if (arrival.session.getRehearsal()) {
                Rehearsal.adopt(loops, arrival.sockets());
            } else {
                adopt(arrival, serving);
                arrived++;
            }
        }
        if (arrived > 0) {
            LOG.debug("connections arrived alive", "count", arrived);
        }
        waiting.clear();
    }

    private void adopt(Arrival arrival, Map<String, Transfer> serving) {
        Session session = arrival.session;
        Transfer pod = serving.get(session.getPod());
        Transfer far = session.hasFar() ? serving.get(session.getFar().getPod()) : null;
        if (pod == null || (session.hasFar() && far == null)) {
            // Deleted meanwhile: its connections end with it.
            arrival.close();
            return;
        }
        try {
            pod.adopt(SessionMessages.read(session, arrival.sockets(), mesh), far);
        } catch (IllegalArgumentException senseless) {
            LOG.error("connection not understood and closed", "error", senseless);
            arrival.close();
        }
    }
}
