package dev.ambit.hbone.relay;

import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which of a socket's errors are the ordinary way of hanging up. */
final class SocketErrors {

    // Linux' numbers, as the native transports give them, negative.
    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;
    private static final int ENOTCONN = 107;

    private SocketErrors() {}

    /**
     * The peer broke the connection or is already gone. A timeout, an unreachable network or host
     * is not that: nobody hung up, and the log should say what happened.
     */
    static boolean isReset(Throwable cause) {
        if (cause instanceof NativeIoException kernel) {
            int error = -kernel.expectedErr();
            return error == EPIPE || error == ECONNRESET || error == ENOTCONN;
        }
        if (cause instanceof ClosedChannelException) {
            return true;
        }
        return cause instanceof IOException other && says(other.getMessage());
    }

    /** Java's own sockets have only their words. */
    private static boolean says(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("reset")
                || text.contains("broken pipe")
                || text.contains("not connected")
                || text.contains("connection closed");
    }
}
