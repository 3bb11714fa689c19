package dev.ambit.hbone.connection;

import dev.ambit.hbone.ErrorCode;

/**
 * How a connection ended.
 *
 * @param by whose doing it was
 * @param errorCode NO_ERROR if nothing went wrong in HTTP/2
 * @param reason for logs
 */
public record ConnectionEnd(By by, long errorCode, String reason) {
    /** Who ended it. */
    public enum By {
        /** We were done with it, or closed it on purpose. */
        US,
        /** The peer closed it. */
        PEER,
        /** The peer broke the protocol, and we closed it. */
        VIOLATION,
        /**
         * TLS failed: often the peer's refusal of our certificate, which TLS 1.3 tells only after
         * the handshake.
         */
        TLS,
        /** The network failed. */
        FAILURE
    }

    /** One line. */
    public String describe() {
        return errorCode == ErrorCode.NO_ERROR
                ? reason
                : reason + " (" + ErrorCode.name(errorCode) + ")";
    }
}
