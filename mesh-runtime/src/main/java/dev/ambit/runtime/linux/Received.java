package dev.ambit.runtime.linux;

/** What waiting for a packet gave. */
public sealed interface Received {

    /**
     * A packet. The descriptors now belong to the receiver, which must close each ({@link
     * Descriptors#close}) or hand it on; they are close-on-exec.
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record Packet(byte[] bytes, int[] fds) implements Received {}

    /** The peer has closed. */
    record EndOfStream() implements Received {}

    /** Nothing came in time. */
    record TimedOut() implements Received {}

    /** A packet or its descriptors did not fit; it is lost and its descriptors are closed. */
    record Truncated(int limit) implements Received {}
}
