package dev.ambit.runtime.net;

import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoOps;

/**
 * Polls by io_uring. The kernel answers each with an error or the end of the input too, asked or
 * not (IO_POLL_UNMASK): once a peer has ended its half, a single poll for room is answered at once,
 * with no room. One of many answers then waits for the next change.
 */
final class Poll {
    static final byte ADD = 6;
    static final int IN = 0x001;
    static final int OUT = 0x004;
    static final int ERR = 0x008;
    static final int HUP = 0x010;
    static final int RDHUP = 0x2000;

    static final int ONCE = 0;
    static final int MANY = 1;

    private static final byte ASYNC_CANCEL = 14;

    /** Flag of an answer: the poll goes on. */
    private static final int MORE = 2;

    private Poll() {}

    /** Asks; {@code name} comes back with the answers. Gives what {@link #cancel} wants. */
    static long add(IoRegistration registration, int fd, int events, int answers, long name) {
        return registration.submit(
                new IoUringIoOps(
                        ADD, (byte) 0, (short) 0, fd, 0, 0, answers, events, name, (short) 0,
                        (short) 0, 0, 0));
    }

    /** A poll under way keeps the socket open, whoever closes it. */
    static void cancel(IoRegistration registration, long poll, long name) {
        registration.submit(
                new IoUringIoOps(
                        ASYNC_CANCEL,
                        (byte) 0,
                        (short) 0,
                        -1,
                        0,
                        poll,
                        0,
                        0,
                        name,
                        (short) 0,
                        (short) 0,
                        0,
                        0));
    }

    /** Whether a poll for room says more than that the peer has ended. */
    static boolean hasRoom(int answer) {
        return (answer & (OUT | ERR | HUP)) != 0;
    }

    static boolean goesOn(int flags) {
        return (flags & MORE) != 0;
    }
}
