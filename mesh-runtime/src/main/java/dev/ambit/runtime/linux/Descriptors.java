package dev.ambit.runtime.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Plain file descriptors that came from or go to another process. */
public final class Descriptors {

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;

    /** Size of struct stat is 144 (x86-64) or 128 (aarch64); st_ino is at 8 in both. */
    private static final long STAT_SIZE = 144;

    private static final long STAT_INODE = 8;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ACCEPTCONN = 30;

    private static final MethodHandle FCNTL =
            Native.linkVariadic(
                    "fcntl",
                    FunctionDescriptor.of(Native.INT, Native.INT, Native.INT, Native.INT),
                    2);
    private static final MethodHandle GETSOCKOPT =
            Native.link(
                    "getsockopt",
                    FunctionDescriptor.of(
                            Native.INT,
                            Native.INT,
                            Native.INT,
                            Native.INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS));
    private static final MethodHandle OPEN =
            Native.linkVariadic(
                    "open", FunctionDescriptor.of(Native.INT, ValueLayout.ADDRESS, Native.INT), 2);
    private static final MethodHandle CLOSE =
            Native.link("close", FunctionDescriptor.of(Native.INT, Native.INT));
    private static final MethodHandle FSTAT =
            Native.link(
                    "fstat", FunctionDescriptor.of(Native.INT, Native.INT, ValueLayout.ADDRESS));

    private Descriptors() {}

    /** Opens a file for reading, close-on-exec. */
    static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd = (int) OPEN.invokeExact(state, name, O_RDONLY | O_CLOEXEC);
            if (fd < 0) {
                throw Native.failed("open " + path, state);
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** Closes a descriptor; an error of the kernel is of no use and ignored. */
    public static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(Native.state(arena), fd);
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** The inode behind a descriptor. */
    public static long inode(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment stat = arena.allocate(STAT_SIZE, 8);
            if ((int) FSTAT.invokeExact(state, fd, stat) != 0) {
                throw Native.failed("fstat " + fd, state);
            }
            return stat.get(ValueLayout.JAVA_LONG, STAT_INODE);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** Another descriptor of the same file, close-on-exec: it lives on when the first is closed. */
    public static int duplicate(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            int copy = (int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 3);
            if (copy < 0) {
                throw Native.failed("fcntl F_DUPFD_CLOEXEC " + fd, state);
            }
            return copy;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** Whether this is a socket that listens; what is no socket at all does not. */
    public static boolean isListening(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
            int failed =
                    (int)
                            GETSOCKOPT.invokeExact(
                                    Native.state(arena),
                                    fd,
                                    SOL_SOCKET,
                                    SO_ACCEPTCONN,
                                    value,
                                    size);
            return failed == 0 && value.get(ValueLayout.JAVA_INT, 0) != 0;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }
}
