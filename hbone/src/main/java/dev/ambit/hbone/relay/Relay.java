package dev.ambit.hbone.relay;

import dev.ambit.hbone.HboneStream;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/**
 * Couples two sides: bytes both ways with backpressure, half-close, resets, counts. Both sides live
 * on one event loop. Ends exactly once and then tells its observer.
 *
 * <p>Sockets come with reading off, half-closure allowed and nothing in their pipelines that still
 * wants bytes; call {@link #prepare} when the socket is made, before its first read.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Relay {
    private Relay() {}

    /**
     * Sets the options a relayed socket needs: reading off, half-closure, read buffers with
     * headroom, pooled memory, water marks.
     */
    public static void prepare(Channel socket) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Couples a tunnel (first) and a socket (second). On their loop. */
    public static Relay tunnel(HboneStream stream, DuplexChannel socket, RelayObserver observer) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Couples two sockets; a {@code TunnelChannel} is one too. On their loop. */
    public static Relay sockets(DuplexChannel first, DuplexChannel second, RelayObserver observer) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Bytes passed from the first side to the second so far. Any thread. */
    public long firstToSecond() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Bytes passed from the second side to the first so far. Any thread. */
    public long secondToFirst() {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Breaks both sides (visible to them as a reset) and ends with {@link RelayEnd.Closed}. Any
     * thread; later calls do nothing.
     */
    public void close(String reason) {
        throw new UnsupportedOperationException("not built yet");
    }
}
