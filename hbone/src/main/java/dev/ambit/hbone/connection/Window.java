package dev.ambit.hbone.connection;

/**
 * A receive window (RFC 9113 section 6.9): what the peer may still send, and what was consumed but
 * not yet told to it.
 */
final class Window {
    private final int size;
    private int left;
    private int consumed;

    Window(int size) {
        this.size = size;
        this.left = size;
    }

    /** The peer sent so many; false if it was not allowed to. */
    boolean take(int bytes) {
        left -= bytes;
        return left >= 0;
    }

    /** So many were consumed; returns the increment to announce now, or 0 to wait for more. */
    int giveBack(int bytes) {
        consumed += bytes;
        if (consumed < size >> 2) {
            return 0;
        }
        int increment = consumed;
        consumed = 0;
        left += increment;
        return increment;
    }

    /** Bytes received and not consumed: what is held for the peer somewhere here. */
    int held() {
        return size - left - consumed;
    }
}
