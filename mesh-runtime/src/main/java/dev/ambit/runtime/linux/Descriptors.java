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
}
