package dev.ambit.waypoint.upstream;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 heads to HTTP/1.1 heads and back (RFC 9113 section 8). The proxy speaks in HTTP/1.1 heads
 * inside; whoever came by HTTP/2 is converted at the edge, and checked there for everything that
 * could mean something else once it is text.
 */
public final class Http2Messages {

    private static final AsciiString TE = HttpHeaderNames.TE;

    private Http2Messages() {}

    /** Thrown for a head that HTTP/2 allows to be sent but not to be meant. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** A client's request head; the authority becomes Host. */
    public static HttpRequest request(Http2Headers in, boolean endOfStream)
            throws MalformedException {
        CharSequence method = in.method();
        CharSequence path = in.path();
        if (method == null || method.isEmpty()) {
            throw new MalformedException(":method is missing");
        }
        if (HttpMethod.CONNECT.asciiName().contentEquals(method)) {
            throw new MalformedException("CONNECT is not served inside a tunnel");
        }
        if (path == null || (!isPath(path) && !isAsterisk(method, path))) {
            throw new MalformedException(":path: not a path");
        }
        CharSequence scheme = in.scheme();
        if (scheme == null || scheme.isEmpty()) {
            throw new MalformedException(":scheme is missing");
        }
        HttpRequest out =
                new DefaultHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf(method.toString()),
                        path.toString());
        copyFields(in, out.headers());
        authority(in, out.headers());
        if (!endOfStream && !out.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            out.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        return out;
    }

    private static void authority(Http2Headers in, HttpHeaders out) throws MalformedException {
        CharSequence authority = in.authority();
        @Nullable String host = out.get(HttpHeaderNames.HOST);
        if (authority == null) {
            if (host == null) {
                throw new MalformedException(":authority and host are missing");
            }
            return;
        }
        if (host != null && !host.contentEquals(authority)) {
            throw new MalformedException("host differs from :authority");
        }
        out.set(HttpHeaderNames.HOST, authority);
    }

    private static boolean isAsterisk(CharSequence method, CharSequence path) {
        return HttpMethod.OPTIONS.asciiName().contentEquals(method) && "*".contentEquals(path);
    }

    private static boolean isPath(CharSequence path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#') {
                return false;
            }
        }
        return true;
    }

    /** A destination's answer head, without framing headers of HTTP/1.1. */
    public static HttpResponse response(Http2Headers in) throws MalformedException {
        CharSequence status = in.status();
        if (status == null || status.length() != 3) {
            throw new MalformedException(":status is not a status");
        }
        int code;
        try {
            code = Integer.parseInt(status, 0, 3, 10);
        } catch (NumberFormatException e) {
            throw new MalformedException(":status is not a number");
        }
        if (code < 100 || code == 101) {
            throw new MalformedException(":status " + code + " does not exist in HTTP/2");
        }
        HttpResponse out =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code));
        copyFields(in, out.headers());
        return out;
    }

    /** Fields after the body. */
    public static void trailers(Http2Headers in, HttpHeaders out) throws MalformedException {
        copyFields(in, out);
    }

    private static void copyFields(Http2Headers in, HttpHeaders out) throws MalformedException {
        @Nullable StringBuilder cookies = null;
        for (Map.Entry<CharSequence, CharSequence> field : in) {
            CharSequence name = field.getKey();
            if (name.isEmpty() || name.charAt(0) == ':') {
                continue;
            }
            CharSequence value = field.getValue();
            checkField(name, value);
            if (HttpHeaderNames.COOKIE.contentEquals(name)) {
                // RFC 9113 8.2.3: crumbs are joined before they leave HTTP/2.
                cookies =
                        cookies == null
                                ? new StringBuilder(value)
                                : cookies.append("; ").append(value);
                continue;
            }
            try {
                out.add(name, value);
            } catch (IllegalArgumentException e) {
                throw new MalformedException("field " + name + ": " + e.getMessage());
            }
        }
        if (cookies != null) {
            out.set(HttpHeaderNames.COOKIE, cookies);
        }
    }

    private static void checkField(CharSequence name, CharSequence value)
            throws MalformedException {
        boolean connectionSpecific =
                switch (name.length()) {
                    case 7 -> HttpHeaderNames.UPGRADE.contentEquals(name);
                    case 10 ->
                            HttpHeaderNames.CONNECTION.contentEquals(name)
                                    || "keep-alive".contentEquals(name);
                    case 16 -> "proxy-connection".contentEquals(name);
                    case 17 -> HttpHeaderNames.TRANSFER_ENCODING.contentEquals(name);
                    case 2 ->
                            TE.contentEquals(name)
                                    && !HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(value);
                    default -> false;
                };
        if (connectionSpecific) {
            throw new MalformedException("field " + name + " is not allowed in HTTP/2");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0 || c == '\r' || c == '\n') {
                throw new MalformedException("field " + name + " has a control character");
            }
        }
    }

    /** Our request head towards an HTTP/2 destination. */
    public static Http2Headers toHttp2(HttpRequest in) {
        Http2Headers out = new DefaultHttp2Headers(false, in.headers().size() + 4);
        out.method(in.method().asciiName());
        out.scheme("http");
        @Nullable String host = in.headers().get(HttpHeaderNames.HOST);
        if (host != null) {
            out.authority(host);
        }
        out.path(in.uri());
        copyOut(in.headers(), out);
        return out;
    }

    /** An answer head towards an HTTP/2 client. */
    public static Http2Headers toHttp2(HttpResponse in) {
        Http2Headers out = new DefaultHttp2Headers(false, in.headers().size() + 1);
        out.status(in.status().codeAsText());
        copyOut(in.headers(), out);
        return out;
    }

    public static Http2Headers toHttp2(HttpHeaders trailers) {
        Http2Headers out = new DefaultHttp2Headers(false, trailers.size());
        copyOut(trailers, out);
        return out;
    }

    private static void copyOut(HttpHeaders in, Http2Headers out) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = in.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (!staysBehind(name, field.getValue())) {
                out.add(name, field.getValue());
            }
        }
    }

    private static boolean staysBehind(AsciiString name, CharSequence value) {
        return switch (name.length()) {
            case 2 ->
                    TE.contentEquals(name)
                            && !HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(value);
            case 4 -> HttpHeaderNames.HOST.contentEquals(name);
            case 7 -> HttpHeaderNames.UPGRADE.contentEquals(name);
            case 10 ->
                    HttpHeaderNames.CONNECTION.contentEquals(name)
                            || "keep-alive".contentEquals(name);
            case 14 -> "http2-settings".contentEquals(name);
            case 16 -> "proxy-connection".contentEquals(name);
            case 17 -> HttpHeaderNames.TRANSFER_ENCODING.contentEquals(name);
            default -> false;
        };
    }
}
