package dev.ambit.ztunnel.policy;

import dev.ambit.hbone.relay.Detached;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import org.jspecify.annotations.Nullable;

/**
 * A relayed connection on its way from one process to another: everything its end will be logged
 * with, and its sockets, which it owns.
 *
 * @param route where it comes from and goes to
 * @param peers who is connected
 * @param addressing as its log line names it
 * @param before its life so far, counted by the process it leaves
 * @param clientFirst whether the relay's first side is the client's
 * @param sockets both sides
 * @param far the other pod's side, if there is no tunnel between both; else null
 */
public record Moved(
        Route route,
        Peers peers,
        ConnectionRecord.Addressing addressing,
        ConnectionRecord.Before before,
        boolean clientFirst,
        Detached sockets,
        @Nullable Far far) {

    /**
     * What the destination's pod knows of a connection whose other records are the source's.
     *
     * @param tracker whose it was, as long as it may come back; null: another process's
     */
    public record Far(
            Route route,
            Peers peers,
            ConnectionRecord.Addressing addressing,
            ConnectionRecord.Before before,
            @Nullable ConnectionTracker tracker) {}
}
