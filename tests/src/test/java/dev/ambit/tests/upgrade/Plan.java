package dev.ambit.tests.upgrade;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * @param sessions that live through all upgrades: half idle, half sending and hashing
 * @param upgrades how often a ztunnel is replaced, two on the client's node, then one on the
 *     server's
 * @param perSecond new connections meanwhile
 * @param rotate the root is replaced in the midst
 * @param peer an upstream ztunnel on the server's node, which is not replaced; null: ours
 */
record Plan(int sessions, int upgrades, int perSecond, boolean rotate, @Nullable Path peer) {

    /** {@code -Dambit.upgrade.sessions} and so on; without them, these. */
    static Plan of(int sessions, int upgrades, int perSecond) {
        String peer = System.getenv("AMBIT_PEER_ZTUNNEL");
        return new Plan(
                Integer.getInteger("ambit.upgrade.sessions", sessions),
                Integer.getInteger("ambit.upgrade.rounds", upgrades),
                Integer.getInteger("ambit.upgrade.rate", perSecond),
                Boolean.getBoolean("ambit.upgrade.rotate"),
                Boolean.getBoolean("ambit.upgrade.peer") && peer != null ? Path.of(peer) : null);
    }

    /** New connections before the first upgrade: some seconds of what the machine does anyway. */
    int calm() {
        return sessions < 500 ? perSecond : 10 * perSecond;
    }

    /** Between two things a busy session says: many sessions together say no more than a few. */
    int pauseMillis() {
        return Math.max(20, sessions / 2);
    }
}
