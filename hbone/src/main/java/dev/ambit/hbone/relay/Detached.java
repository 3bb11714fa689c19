package dev.ambit.hbone.relay;

/**
 * A relay of two sockets that was taken out of its channels, to go on in another process or again
 * here: {@link Relay#adopt}. Owns the descriptors until they are adopted or closed; the peers
 * notice nothing meanwhile.
 *
 * @param firstToSecond bytes so far
 * @param secondToFirst bytes so far
 */
public record Detached(Half first, Half second, long firstToSecond, long secondToFirst) {

    /**
     * One side.
     *
     * @param descriptor its socket
     * @param unwritten what the other side brought and the kernel has not yet taken; counted
     *     already
     * @param outputClosed whether its output has been ended
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, copied by the socket
    public record Half(int descriptor, byte[] unwritten, boolean outputClosed) {}
}
