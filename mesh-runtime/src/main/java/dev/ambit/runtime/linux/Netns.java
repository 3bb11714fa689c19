package dev.ambit.runtime.linux;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A network namespace, held open by a descriptor.
 *
 * <p>{@link #call} enters it on the calling platform thread, runs, and comes back; sockets made
 * inside stay there for their life. Never call it on a virtual thread (refused). Entering needs
 * CAP_SYS_ADMIN.
 */
public final class Netns implements AutoCloseable {

    private Netns() {}

    /** Opens {@code /run/netns/x}, {@code /proc/<pid>/ns/net} or a bind mount of one. */
    public static Netns open(Path path) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Takes over a descriptor received from elsewhere; closes it if it is no network namespace. */
    public static Netns ofFd(int fd) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The namespace of this process. */
    public static Netns self() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** What tells one namespace from another. */
    public long inode() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The descriptor; stays owned by this object. */
    public int fd() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Runs in this namespace on the calling thread and comes back. */
    public <T> T call(Supplier<T> action) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
