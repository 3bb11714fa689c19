package dev.ambit.waypoint.exchange;

import dev.ambit.policy.l7.PathNormalizer;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is done to every request's head. Before anybody judges it: refused where two parsers could
 * disagree, normalised, hop-by-hop fields and claims taken off, so that policy and routes see what
 * the destination will see. After that the mesh's own headers are put on. Pure, apart from the
 * random request id.
 */
final class RequestHeads {

    /** Claims about the client or the request that only proxies make; never taken from a client. */
    private static final Set<String> CLAIMS =
            Set.of(
                    "x-forwarded-client-cert",
                    "x-envoy-peer-metadata",
                    "x-envoy-peer-metadata-id",
                    "x-envoy-original-path",
                    "x-envoy-original-host",
                    "x-envoy-internal",
                    "x-envoy-attempt-count",
                    "x-envoy-retry-on",
                    "x-envoy-retry-grpc-on",
                    "x-envoy-max-retries",
                    "x-envoy-upstream-rq-timeout-ms",
                    "x-envoy-upstream-rq-per-try-timeout-ms",
                    "x-envoy-upstream-alt-stat-name",
                    "x-envoy-decorator-operation",
                    "x-istio-attributes");

    private static final int SHORTEST_CLAIM = 16;

    // Searched for in every request: these know their hash.
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

    private RequestHeads() {}

    /**
     * Checks and normalises in place.
     *
     * @param host for HTTP/1.0 requests without Host
     * @return null if the request may be judged
     */
    static @Nullable ProxyError prepare(HttpRequest head, String host) {
        HttpHeaders headers = head.headers();
        if (head.method().equals(HttpMethod.CONNECT)) {
            return bad("CONNECT is not served inside a tunnel");
        }
        @Nullable ProxyError wrong = target(head);
        if (wrong != null) {
            return wrong;
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.isEmpty() && head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            headers.set(HttpHeaderNames.HOST, host);
        } else if (hosts.size() != 1 || !isHost(hosts.getFirst())) {
            return bad("host: " + hosts + " (expected: one)");
        }
        return framing(head);
    }

    /** RFC 9112 section 6: one framing, or none. */
    private static @Nullable ProxyError framing(HttpRequest head) {
        HttpHeaders headers = head.headers();
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (encodings.isEmpty()) {
            return headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1
                    ? bad("content-length: several")
                    : null;
        }
        if (encodings.size() > 1
                || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                        encodings.getFirst().strip())) {
            return bad("transfer-encoding: " + encodings + " (expected: chunked)");
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return bad("content-length and transfer-encoding");
        }
        return head.protocolVersion().equals(HttpVersion.HTTP_1_0)
                ? bad("transfer-encoding in HTTP/1.0")
                : null;
    }

    private static @Nullable ProxyError target(HttpRequest head) {
        String uri = head.uri();
        if (uri.equals("*") && head.method().equals(HttpMethod.OPTIONS)) {
            return null;
        }
        if (uri.regionMatches(true, 0, "http://", 0, 7)) {
            // Absolute form (RFC 9112 3.2.2): its authority goes before Host.
            int slash = uri.indexOf('/', 7);
            int end = slash < 0 ? uri.length() : slash;
            head.headers().set(HttpHeaderNames.HOST, uri.substring(7, end));
            uri = slash < 0 ? "/" : uri.substring(slash);
        }
        @Nullable String normal = PathNormalizer.normalize(uri);
        if (normal == null) {
            return bad("path: has no safe form");
        }
        if (!normal.equals(head.uri())) {
            head.setUri(normal);
        }
        return null;
    }

    /**
     * A name or an address, perhaps a port. Whatever a destination could split elsewhere than
     * policy does - two ports, escapes, user information - is no host.
     */
    private static boolean isHost(String host) {
        if (host.isEmpty() || host.length() > 512) {
            return false;
        }
        boolean literal = host.charAt(0) == '[';
        int end = literal ? host.indexOf(']') + 1 : host.indexOf(':');
        if (end < 0) {
            end = host.length();
        }
        String name = literal ? host.substring(1, Math.max(1, end - 1)) : host.substring(0, end);
        return !name.isEmpty()
                && !name.contains("..")
                && name.chars().allMatch(c -> literal ? isAddressChar(c) : isNameChar(c))
                && isPort(host, end);
    }

    /** Nothing, or a colon and at most five digits. */
    private static boolean isPort(String host, int from) {
        if (from == host.length()) {
            return true;
        }
        return host.charAt(from) == ':'
                && host.length() - from <= 6
                && host.chars().skip(from + 1L).allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isAddressChar(int c) {
        return (c < 0x80 && Character.digit(c, 16) >= 0) || c == ':' || c == '.';
    }

    private static boolean isNameChar(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static ProxyError bad(String detail) {
        return new ProxyError(FailureKind.BAD_REQUEST, "http1.codec_error{" + detail + "}");
    }

    /**
     * True for a request to go on with WebSocket on this connection. Other protocols are not
     * offered to destinations, as in Istio; such a request stays an ordinary one.
     */
    static boolean isUpgrade(HttpRequest head) {
        return head.headers()
                        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && head.headers()
                        .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    static boolean isGrpc(HttpRequest head) {
        @Nullable String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        return type != null
                && type.startsWith("application/grpc")
                && (type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';');
    }

    /** Takes off what concerned only the client's connection, and what clients may not claim. */
    static void strip(HttpHeaders headers, boolean upgrade) {
        @Nullable String upgradeTo = upgrade ? headers.get(HttpHeaderNames.UPGRADE) : null;
        boolean trailers =
                headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        HopByHop.strip(headers);
        if (trailers) {
            headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        }
        if (upgradeTo != null) {
            headers.set(HttpHeaderNames.UPGRADE, upgradeTo);
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        headers.remove(HttpHeaderNames.EXPECT);
        removeClaims(headers);
    }

    /** One look at the fields there are, instead of one search for each that might be. */
    private static void removeClaims(HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        @Nullable List<String> found = null;
        while (fields.hasNext()) {
            CharSequence name = fields.next().getKey();
            if (name.length() >= SHORTEST_CLAIM && (name.charAt(0) | 0x20) == 'x') {
                String lower = name.toString().toLowerCase(Locale.ROOT);
                if (CLAIMS.contains(lower)) {
                    found = found == null ? new ArrayList<>() : found;
                    found.add(lower);
                }
            }
        }
        if (found != null) {
            found.forEach(headers::remove);
        }
    }

    /** Puts on what every request inside the mesh has. */
    static void mark(HttpHeaders headers, String clientIp, SplittableRandom ids) {
        @Nullable String before = headers.get(FORWARDED_FOR);
        if (before == null) {
            headers.set(FORWARDED_FOR, clientIp);
        } else {
            String all = String.join(",", headers.getAll(FORWARDED_FOR));
            headers.set(FORWARDED_FOR, all + "," + clientIp);
        }
        if (!headers.contains(FORWARDED_PROTO)) {
            headers.set(FORWARDED_PROTO, "http");
        }
        if (!headers.contains(REQUEST_ID)) {
            headers.set(REQUEST_ID, requestId(ids));
        }
    }

    /** A UUID of version 4; it names a request and protects nothing, so it need not be secret. */
    private static String requestId(SplittableRandom ids) {
        long high = (ids.nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000;
        long low = (ids.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new java.util.UUID(high, low).toString().toLowerCase(Locale.ROOT);
    }
}
