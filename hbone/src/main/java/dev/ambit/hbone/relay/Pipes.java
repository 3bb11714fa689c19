package dev.ambit.hbone.relay;

import dev.ambit.runtime.linux.Splice;
import dev.ambit.runtime.linux.SystemCallException;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one loop. A direction holds one only while bytes are inside it, so an idle
 * connection has none; a few empty ones are kept for the next.
 */
final class Pipes {
    /** Bytes a pipe is asked to hold; the kernel grants a process that much at most by default. */
    static final int CAPACITY = 1 << 20;

    /** Empty pipes kept. */
    static final int KEPT = 16;

    /** Relays of one loop that may splice at a time; the rest go on as they were. */
    static final int MOST_RELAYS = 1024;

    /** Bytes in all pipes of a loop, beyond which each gets only a small portion. */
    static final long MOST_HELD = 64L << 20;

    /** What a pipe may be given even then. */
    static final int SMALL = 64 << 10;

    private static final FastThreadLocal<Pipes> OF_LOOP =
            new FastThreadLocal<>() {
                @Override
                protected Pipes initialValue() {
                    return new Pipes();
                }

                @Override
                protected void onRemoval(Pipes pipes) {
                    pipes.empty.forEach(Splice.Pipe::close);
                }
            };

    private final Splice splice = new Splice();
    private final ArrayDeque<Splice.Pipe> empty = new ArrayDeque<>();
    private int relays;
    private long held;

    Pipes() {}

    /** Those of the calling thread, a loop. */
    static Pipes ofLoop() {
        return OF_LOOP.get();
    }

    Splice splice() {
        return splice;
    }

    /**
     * How much may be brought into that pipe now. What waits there is the kernel's memory, on
     * nobody's account: peers that do not read must not be able to take as much as they like.
     */
    int portion(Splice.Pipe pipe) {
        return held < MOST_HELD ? pipe.capacity() : Math.min(SMALL, pipe.capacity());
    }

    /** So many bytes have come into a pipe, or left it if it is less than none. */
    void holds(int bytes) {
        held += bytes;
    }

    /** A relay wants to begin; false if too many are at it. */
    boolean enter() {
        if (relays >= MOST_RELAYS) {
            return false;
        }
        relays++;
        return true;
    }

    void leave() {
        relays--;
    }

    /** An empty pipe; null while descriptors are used up. */
    Splice.@Nullable Pipe take() {
        Splice.Pipe pipe = empty.poll();
        if (pipe != null) {
            return pipe;
        }
        try {
            return Splice.pipe(CAPACITY);
        } catch (SystemCallException noDescriptors) {
            return null;
        }
    }

    /** Takes back an empty pipe. */
    void giveBack(Splice.Pipe pipe) {
        if (empty.size() < KEPT) {
            empty.push(pipe);
        } else {
            pipe.close();
        }
    }
}
