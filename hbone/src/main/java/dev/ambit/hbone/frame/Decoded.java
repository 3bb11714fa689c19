package dev.ambit.hbone.frame;

import dev.ambit.hbone.ConnectRequest;
import java.util.Map;

/** What a header block turned out to be. */
public sealed interface Decoded {
    /** A CONNECT; its authority is not judged yet. */
    record Connect(ConnectRequest request) implements Decoded {}

    /** A well-formed request with another method. */
    record OtherMethod(String method) implements Decoded {}

    /** An answer. */
    record Response(int status, Map<String, String> headers) implements Decoded {}

    /** The list is longer than we take; the connection goes on. */
    record TooLarge(String reason) implements Decoded {}

    /** The message breaks HTTP (RFC 9113 section 8.1.1); the connection goes on. */
    record Malformed(String reason) implements Decoded {}

    /** HPACK's state is lost; the connection is, too. */
    record Broken(String reason) implements Decoded {}
}
