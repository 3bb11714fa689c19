package dev.ambit.ztunnel.handover;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.handover.Session;
import dev.ambit.hbone.relay.Detached;
import dev.ambit.policy.testing.TestMesh;
import dev.ambit.ztunnel.policy.Moved;

/**
 * A connection handed over by another process, perhaps of another version: understood, and then
 * written and read again the same, or refused.
 */
public final class SessionFuzz {

    private static final TestMesh MESH = new TestMesh();

    private SessionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Session session;
        Moved moved;
        try {
            session = Session.parseFrom(input);
            moved = SessionMessages.read(session, sockets(session), MESH.state());
        } catch (InvalidProtocolBufferException | IllegalArgumentException refused) {
            return;
        }
        Session again = SessionMessages.write(session.getId(), session.getPod(), moved).build();
        Moved second = SessionMessages.read(again, moved.sockets(), MESH.state());
        if (!second.equals(moved)) {
            throw new IllegalStateException("%s became %s".formatted(moved, second));
        }
    }

    private static Detached sockets(Session session) {
        return new Detached(
                new Detached.Half(-1, new byte[0], session.getFirstOutputClosed()),
                new Detached.Half(-1, new byte[0], session.getSecondOutputClosed()),
                session.getFirstToSecond(),
                session.getSecondToFirst());
    }
}
