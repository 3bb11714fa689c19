package dev.ambit.runtime.linux;

/**
 * A socket's descriptor with safe closing: {@link #close()} wakes blocked calls and the number is
 * given back only when the last call has left, so that no call ever meets a number used anew.
 */
final class OpenSocket {

    private final int fd;
    private int users;
    private boolean closed;

    OpenSocket(int fd) {
        this.fd = fd;
    }

    /** The descriptor for one call, or -1 if closed; {@link #leave()} afterwards unless -1. */
    synchronized int enter() {
        if (closed) {
            return -1;
        }
        users++;
        return fd;
    }

    synchronized void leave() {
        users--;
        if (closed && users == 0) {
            Descriptors.close(fd);
        }
    }

    synchronized boolean closed() {
        return closed;
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        UnixCalls.shutdown(fd);
        if (users == 0) {
            Descriptors.close(fd);
        }
    }
}
