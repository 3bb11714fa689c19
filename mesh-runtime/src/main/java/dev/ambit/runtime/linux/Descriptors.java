package dev.ambit.runtime.linux;

/** Plain file descriptors that came from or go to another process. */
public final class Descriptors {

    private Descriptors() {}

    public static void close(int fd) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The inode behind a descriptor. */
    public static long inode(int fd) {
        throw new UnsupportedOperationException("not built yet");
    }
}
