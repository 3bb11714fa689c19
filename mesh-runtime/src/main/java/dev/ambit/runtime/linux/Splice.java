package dev.ambit.runtime.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * splice(2): moves bytes between a socket and a pipe without bringing them into the process. For
 * one thread; nothing is allocated by a call.
 */
public final class Splice {

    /** Nothing to be had, or no room, for now. */
    public static final int EAGAIN = -Native.EAGAIN;

    /** A signal came in between. */
    public static final int EINTR = -Native.EINTR;

    private static final int MOVE = 1;
    private static final int NONBLOCK = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;

    /** What a pipe holds unless asked for more. */
    private static final int DEFAULT_CAPACITY = 65_536;

    private static final MethodHandle SPLICE =
            Native.link(
                    "splice",
                    FunctionDescriptor.of(
                            Native.LONG,
                            Native.INT,
                            ADDRESS,
                            Native.INT,
                            ADDRESS,
                            Native.LONG,
                            Native.INT));
    private static final MethodHandle PIPE =
            Native.link("pipe2", FunctionDescriptor.of(Native.INT, ADDRESS, Native.INT));
    private static final MethodHandle FCNTL =
            Native.linkVariadic(
                    "fcntl",
                    FunctionDescriptor.of(Native.INT, Native.INT, Native.INT, Native.INT),
                    2);

    private final MemorySegment state = Native.state(Arena.ofAuto());

    /** A pipe's two ends and how many bytes it holds at most. */
    public record Pipe(int readEnd, int writeEnd, int capacity) {

        /** Closes both ends; what is inside is lost. */
        public void close() {
            Descriptors.close(readEnd);
            Descriptors.close(writeEnd);
        }
    }

    /**
     * Moves what there is, up to {@code length}, and never waits.
     *
     * @return bytes moved, 0 at the end of the input, or minus the error number
     */
    public int move(int from, int to, int length) {
        try {
            long moved =
                    (long)
                            SPLICE.invokeExact(
                                    state,
                                    from,
                                    MemorySegment.NULL,
                                    to,
                                    MemorySegment.NULL,
                                    (long) length,
                                    MOVE | NONBLOCK);
            return moved < 0 ? -Native.errno(state) : (int) moved;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /**
     * Makes a pipe of that capacity, or of what the kernel grants (pipe-max-size).
     *
     * @throws SystemCallException when descriptors are used up
     */
    public static Pipe pipe(int capacity) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            if ((int) PIPE.invokeExact(state, ends, O_CLOEXEC | O_NONBLOCK) != 0) {
                throw Native.failed("pipe2", state);
            }
            int readEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writeEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
            int granted = (int) FCNTL.invokeExact(state, writeEnd, F_SETPIPE_SZ, capacity);
            return new Pipe(readEnd, writeEnd, granted > 0 ? granted : DEFAULT_CAPACITY);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /**
     * Whether calls on a socket wait. Of channels on io_uring they do, and splice asks the socket,
     * not its own flag.
     */
    public static void blocking(int fd, boolean wait) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            int flags = wait ? 0 : O_NONBLOCK;
            if ((int) FCNTL.invokeExact(state, fd, F_SETFL, flags) != 0) {
                throw Native.failed("fcntl F_SETFL", state);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }
}
