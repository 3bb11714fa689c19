package dev.ambit.runtime.linux;

/** Limits the kernel sets on this process. */
public final class ResourceLimits {

    private ResourceLimits() {}

    /**
     * Raises the soft limit of open files to the hard one; returns what it is now, -1 if unknown.
     */
    public static long raiseOpenFiles() {
        throw new UnsupportedOperationException("not built yet");
    }
}
