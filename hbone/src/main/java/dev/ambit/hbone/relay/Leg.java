package dev.ambit.hbone.relay;

import io.netty.buffer.ByteBuf;

/** One side of a relay as the other side sees it. On the relay's loop. */
interface Leg {
    /** Begins to receive; what is here already comes at once. */
    void start();

    /** Sends bytes of the other side; owns them. */
    void send(ByteBuf bytes);

    /** The other side has nothing more for now. */
    void flush();

    /** Whether the other side should go on reading. If not, {@link Relay#resume} follows. */
    boolean writable();

    /** The other side is at its end: so is our output, once everything is written. */
    void endOutput();

    /** Breaks this side: its peer sees a reset. */
    void abort();

    /** Everything is done: let go. */
    void finish();

    /** Stops or restarts what this side brings. */
    void reading(boolean wanted);

    /** The other side has written so many of the bytes this side brought. */
    void passedOn(int bytes);
}
