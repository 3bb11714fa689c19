package dev.ambit.runtime.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A network namespace, held open by a descriptor.
 *
 * <p>{@link #call} enters it on the calling platform thread, runs, and comes back; sockets made
 * inside stay there for their life. Never call it on a virtual thread (refused). Entering needs
 * CAP_SYS_ADMIN.
 */
public final class Netns implements AutoCloseable {

    private static final int CLONE_NEWNET = 0x40000000;
    private static final int NS_GET_NSTYPE = 0xb703;
    private static final int CANNOT_COME_BACK = 70;

    private static final MethodHandle SETNS =
            Native.link("setns", FunctionDescriptor.of(Native.INT, Native.INT, Native.INT));
    private static final MethodHandle IOCTL =
            Native.linkVariadic(
                    "ioctl", FunctionDescriptor.of(Native.INT, Native.INT, Native.LONG), 2);

    /** Where threads come back to; the main thread never leaves it. */
    private static final Netns HOME = open(Path.of("/proc/self/ns/net"));

    /** Entering twice would come back to the wrong place. */
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final int fd;
    private final long inode;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Netns(int fd) {
        this.fd = fd;
        try {
            checkType(fd);
            this.inode = Descriptors.inode(fd);
        } catch (RuntimeException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** Opens {@code /run/netns/x}, {@code /proc/<pid>/ns/net} or a bind mount of one. */
    public static Netns open(Path path) {
        return new Netns(Descriptors.open(path));
    }

    /** Takes over a descriptor received from elsewhere; closes it if it is no network namespace. */
    public static Netns ofFd(int fd) {
        return new Netns(fd);
    }

    /** The namespace of this process. */
    public static Netns self() {
        return open(Path.of("/proc/self/ns/net"));
    }

    /** What tells one namespace from another. */
    public long inode() {
        return inode;
    }

    /** The descriptor; stays owned by this object. */
    public int fd() {
        if (closed.get()) {
            throw new IllegalStateException("netns " + inode + " is closed");
        }
        return fd;
    }

    /** Runs in this namespace on the calling thread and comes back. */
    public <T> T call(Supplier<T> action) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "netns: entered on a virtual thread (expected: a platform thread)");
        }
        if (INSIDE.get()) {
            throw new IllegalStateException("netns: entered from inside another one");
        }
        enterOpen();
        INSIDE.set(true);
        try {
            return action.get();
        } finally {
            comeBack();
            INSIDE.set(false);
        }
    }

    /** Closing waits: a number given back meanwhile may already be another pod's namespace. */
    private void enterOpen() {
        synchronized (closed) {
            enter(fd());
        }
    }

    private static void comeBack() {
        try {
            enter(HOME.fd);
        } catch (SystemCallException e) {
            // The thread would go on making sockets in a pod's network: stop before it can.
            Runtime.getRuntime().halt(CANNOT_COME_BACK);
        }
    }

    private static void enter(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            if ((int) SETNS.invokeExact(state, fd, CLONE_NEWNET) != 0) {
                throw Native.failed("setns", state);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    private static void checkType(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            int type = (int) IOCTL.invokeExact(state, fd, (long) NS_GET_NSTYPE);
            if (type != CLONE_NEWNET) {
                throw new IllegalArgumentException(
                        "descriptor " + fd + ": no network namespace (expected: one)");
            }
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    @Override
    public void close() {
        synchronized (closed) {
            if (closed.compareAndSet(false, true)) {
                Descriptors.close(fd);
            }
        }
    }

    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }
}
