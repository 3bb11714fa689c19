package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.Limit;

/** What the owner of a connection learns. Called on the connection's loop. */
public interface ConnectionEvents {
    /** Server: a peer asks for a tunnel. Returns who hears of the stream until it is answered. */
    StreamEvents requested(TunnelStream stream, ConnectRequest request, ConnectTarget target);

    /**
     * Server: a request was answered with this status because it is no CONNECT or has no readable
     * target.
     */
    default void refused(int status, String reason) {}

    /** The peer's SETTINGS are known. */
    default void settled() {}

    /** A stream is over; there is room for another, unless the connection is draining. */
    default void streamClosed() {}

    /** No new streams from here on. */
    default void draining() {}

    /** The peer reached a limit. */
    default void limitReached(Limit limit) {}

    /** The connection is over; called once, last. */
    void closed(ConnectionEnd end);
}
