package dev.ambit.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel: bytes as slices both ways, credit given back by whoever consumed them, half-close,
 * reset. Every method is called on {@link #loop()}, every callback arrives there.
 *
 * <p>Credit is the backpressure: the peer may send as much as the windows allow, and learns of room
 * only through {@link #credit}. A receiver that never gives credit stops its own tunnel, and with a
 * full connection window its neighbours.
 */
public interface HboneStream {
    /** Bytes in front of a payload that {@link #sendInPlace} may overwrite. */
    int HEADROOM = 9;

    /** The loop of the connection. */
    EventLoop loop();

    /** The key exchange of the TLS connection it lives on; null if there is none, or no word. */
    default @Nullable String tlsGroup() {
        return null;
    }

    /**
     * Where bytes and events go from now on; what arrived before is delivered at once. Set once, or
     * replaced on the loop.
     */
    void receiver(Receiver receiver);

    /**
     * Sends the payload; owns it from here. May be called while not {@link #writable()}, but the
     * caller should stop reading.
     */
    void send(ByteBuf payload);

    /**
     * As {@link #send}, and the {@link #HEADROOM} bytes before the reader index belong to the
     * caller and may be overwritten, so that header and payload leave as one piece.
     */
    void sendInPlace(ByteBuf payload);

    /** Whether bytes sent now leave at once instead of waiting here. */
    boolean writable();

    /** Lets what was sent leave; once per batch, not per buffer. */
    void flush();

    /** No more bytes from us: END_STREAM. The other direction stays open. */
    void end();

    /** Breaks the tunnel both ways. What still waits here is dropped. See {@link ErrorCode}. */
    void reset(long errorCode);

    /** The consumer has passed on so many received bytes; room for as many more. */
    void credit(int bytes);

    /**
     * The tunnel's other end of events. Called on the loop of the stream; {@link #closed} is the
     * last call and comes once.
     */
    interface Receiver {
        /**
         * Received bytes; the receiver owns the buffer and gives credit for its readable bytes once
         * they are passed on.
         */
        void data(ByteBuf slice);

        /** The end of a batch of {@link #data} calls: a good moment to flush. */
        void readComplete();

        /** The peer sends no more; also for a reset with CANCEL or NO_ERROR. */
        void end();

        /** The peer broke the tunnel. */
        void reset(long errorCode);

        /** {@link HboneStream#writable()} changed. */
        void writableChanged(boolean writable);

        /**
         * Over, both ways. With a cause if the connection broke under it, null after an end or a
         * reset.
         */
        void closed(@Nullable Throwable cause);
    }
}
