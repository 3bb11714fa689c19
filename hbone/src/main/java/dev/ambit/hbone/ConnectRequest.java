package dev.ambit.hbone;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asks for. The names of HBONE's headers live here only. Nothing in it is trusted:
 * identity comes from the certificate, the client's address from the socket.
 *
 * @param authority where to: {@code ip:port}, {@code [v6]:port} or {@code hostname:port}
 * @param forwarded the {@code forwarded} header as sent
 * @param baggage all {@code baggage} headers, joined by commas
 * @param traceparent W3C trace context as sent
 * @param extra every other header, lower-case names; repeated ones joined by commas
 */
public record ConnectRequest(
        String authority,
        @Nullable String forwarded,
        @Nullable String baggage,
        @Nullable String traceparent,
        Map<String, String> extra) {
    /** RFC 7239; HBONE uses {@code for} and {@code host}. */
    public static final String FORWARDED = "forwarded";

    /** W3C baggage with the workload's attributes, on requests and on 200 responses. */
    public static final String BAGGAGE = "baggage";

    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";

    /** Network of the origin, on the inner tunnel of a double HBONE. */
    public static final String FORWARDED_NETWORK = "x-forwarded-network";

    /** Copies the extra headers. */
    public ConnectRequest {
        extra = Map.copyOf(extra);
    }

    /** A request with nothing but its target. */
    public static ConnectRequest to(String authority) {
        return new ConnectRequest(authority, null, null, null, Map.of());
    }
}
