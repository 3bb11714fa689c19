package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One try to reach one destination in one way. No byte of the application goes anywhere before it
 * has succeeded, so another may always follow it. On its loop.
 */
interface Attempt {

    /** Starts; the outcome is told exactly once, possibly at once. */
    void begin(Outcome outcome);

    /** Nobody waits any more: lets go of what is under way, and tells nothing. */
    void abandon();

    /** What came of it. */
    interface Outcome {

        /** Where the connection stands in a trace; null if nobody follows traces. */
        @Nullable String traceparent();

        /** The far end waits for bytes; it belongs to the listener from here. */
        void reached(FarEnd end);

        /**
         * @param elsewhere whether another endpoint may do better: it did not answer, or could not
         *     reach its application; never after a refusal by policy or identity
         */
        void failed(ConnectionFailure failure, boolean elsewhere);
    }

    /** The other side, ready to be coupled with the application. */
    interface FarEnd {

        /** Relays; from here on the relay owns both sides and ends the connection. */
        void couple(SocketChannel application, TrackedConnection connection);

        /** Not wanted after all. */
        void drop();

        /** Who is there, for labels, where it is not whom the mesh knows; null: as expected. */
        default @Nullable Workload destination() {
            return null;
        }
    }
}
