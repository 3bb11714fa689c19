package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a SOCKS5 client says before its bytes begin (RFC 1928): first which ways to authenticate it
 * has, then where it wants to go. Pure; a step is read when it is whole.
 */
final class SocksGreeting {

    static final int VERSION = 5;
    static final int NO_AUTHENTICATION = 0;
    static final int NO_ACCEPTABLE_METHOD = 0xff;

    /** Longest request: a host name of 255 bytes. */
    static final int MAX_BYTES = 4 + 1 + 255 + 2;

    private static final int CONNECT = 1;
    private static final int V4 = 1;
    private static final int HOSTNAME = 3;
    private static final int V6 = 4;

    private SocksGreeting() {}

    /** The answers to a request. */
    enum Status {
        SUCCEEDED(0),
        HOST_UNREACHABLE(4),
        COMMAND_NOT_SUPPORTED(7),
        ADDRESS_TYPE_NOT_SUPPORTED(8);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        /** Bound to nowhere in particular: the connection is not made yet. */
        byte[] reply() {
            return new byte[] {VERSION, (byte) code, 0, V4, 0, 0, 0, 0, 0, 0};
        }
    }

    /** What has been read so far. */
    sealed interface Step {
        /** Not whole yet. */
        record More() implements Step {}

        /**
         * The first message.
         *
         * @param open whether it would go without authentication
         * @param length of the message
         */
        record Methods(boolean open, int length) implements Step {}

        /**
         * The second message.
         *
         * @param address null if a name was given
         * @param hostname null if an address was given
         */
        record Connect(@Nullable IpAddress address, @Nullable String hostname, int port, int length)
                implements Step {}

        /**
         * Not SOCKS5, or nothing we do.
         *
         * @param status to answer with; null: nothing it would understand
         */
        record Bad(@Nullable Status status, String reason) implements Step {}
    }

    private static final Step MORE = new Step.More();

    /** Reads the first message. */
    static Step methods(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] != VERSION) {
            return new Step.Bad(null, "version " + (bytes[0] & 0xff) + " (expected: 5)");
        }
        if (bytes.length < 2 || bytes.length < 2 + (bytes[1] & 0xff)) {
            return MORE;
        }
        int length = 2 + (bytes[1] & 0xff);
        boolean open = false;
        for (int i = 2; i < length; i++) {
            open |= bytes[i] == NO_AUTHENTICATION;
        }
        return new Step.Methods(open, length);
    }

    /** Reads the second message. */
    static Step request(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] != VERSION) {
            return new Step.Bad(null, "version " + (bytes[0] & 0xff) + " (expected: 5)");
        }
        if (bytes.length < 5) {
            return MORE;
        }
        if (bytes[1] != CONNECT) {
            return new Step.Bad(
                    Status.COMMAND_NOT_SUPPORTED, "command " + bytes[1] + " (expected: 1)");
        }
        int at = 4;
        int size =
                switch (bytes[3]) {
                    case V4 -> 4;
                    case V6 -> 16;
                    case HOSTNAME -> bytes[at++] & 0xff;
                    default -> -1;
                };
        if (size < 0) {
            return new Step.Bad(
                    Status.ADDRESS_TYPE_NOT_SUPPORTED,
                    "address type " + bytes[3] + " (expected: 1, 3 or 4)");
        }
        if (size == 0) {
            return new Step.Bad(Status.HOST_UNREACHABLE, "empty host name");
        }
        int length = at + size + 2;
        if (bytes.length < length) {
            return MORE;
        }
        byte[] host = java.util.Arrays.copyOfRange(bytes, at, at + size);
        int port = (bytes[length - 2] & 0xff) << 8 | (bytes[length - 1] & 0xff);
        return bytes[3] == HOSTNAME
                ? new Step.Connect(
                        null, new String(host, StandardCharsets.ISO_8859_1), port, length)
                : new Step.Connect(IpAddress.of(host), null, port, length);
    }
}
