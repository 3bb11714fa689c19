package dev.ambit.hbone.client;

import dev.ambit.hbone.ErrorCode;

/**
 * Why a tunnel was not opened. No byte of the tunnel has reached its target in any of these cases.
 */
public sealed interface OpenFailure {
    /** One line for logs. */
    String describe();

    /** TCP said no. */
    record Connect(Throwable cause) implements OpenFailure {
        @Override
        public String describe() {
            return "connection failed: " + cause.getMessage();
        }
    }

    /** TCP said nothing in time; often a network policy that drops packets to the HBONE port. */
    record ConnectTimeout() implements OpenFailure {
        @Override
        public String describe() {
            return "connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: deadline has elapsed";
        }
    }

    /** The TLS handshake failed, or the peer refused our certificate right after it. */
    record Tls(String reason) implements OpenFailure {
        @Override
        public String describe() {
            return "tls handshake error: " + reason;
        }
    }

    /** The peer proved an identity we did not expect. */
    record Identity(String reason) implements OpenFailure {
        @Override
        public String describe() {
            return "identity verification error: " + reason;
        }
    }

    /** The peer's certificate is on a revocation list. */
    record Revoked(String reason) implements OpenFailure {
        @Override
        public String describe() {
            return "connection closed: " + reason;
        }
    }

    /** HTTP/2 failed before the answer. */
    record H2(String reason) implements OpenFailure {
        @Override
        public String describe() {
            return "http2 handshake failed: " + reason;
        }

        static H2 reset(long errorCode) {
            return new H2("stream reset by peer: " + ErrorCode.name(errorCode));
        }
    }

    /** The peer answered, but not with 200. */
    record Status(int code) implements OpenFailure {
        @Override
        public String describe() {
            return "http status: " + code;
        }
    }

    /** The pool is draining or closed, or the workload's connections were evicted. */
    record Draining() implements OpenFailure {
        @Override
        public String describe() {
            return "connection closed due to connection drain";
        }
    }
}
