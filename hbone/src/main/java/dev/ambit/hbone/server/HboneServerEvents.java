package dev.ambit.hbone.server;

import dev.ambit.hbone.Limit;
import java.net.InetSocketAddress;

/** What goes wrong before a CONNECT reaches its handler. Called on the connection's loop. */
public interface HboneServerEvents {
    /** The TLS handshake failed or took too long, or the peer's identity is not accepted. */
    default void handshakeFailed(
            InetSocketAddress remote, InetSocketAddress local, String reason) {}

    /** The peer's certificate is on a revocation list. */
    default void peerRevoked(InetSocketAddress remote, InetSocketAddress local, String reason) {
        handshakeFailed(remote, local, reason);
    }

    /** The peer broke HTTP/2 or HBONE; the connection is closed. */
    default void connectionFailed(
            InetSocketAddress remote, InetSocketAddress local, String reason) {}

    /**
     * A request was answered with a status here, because it is no CONNECT or has no readable
     * target.
     */
    default void requestRefused(
            InetSocketAddress remote, InetSocketAddress local, int status, String reason) {}

    /** A peer reached a limit; counted too. */
    default void limitReached(InetSocketAddress remote, InetSocketAddress local, Limit limit) {}
}
