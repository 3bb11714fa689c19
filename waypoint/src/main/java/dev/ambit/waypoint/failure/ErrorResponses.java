package dev.ambit.waypoint.failure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * The one place where answers are made that do not come from a destination. A gRPC client gets
 * status 200 and a grpc-status, as its libraries expect and as Envoy does.
 */
public final class ErrorResponses {

    private ErrorResponses() {}

    /** The answer to a failure that has one; its kind's status is not 0. */
    public static FullHttpResponse of(ProxyError error, boolean grpc) {
        FailureKind kind = error.kind();
        FullHttpResponse response = local(kind.status(), kind.body(), "text/plain", grpc);
        if (kind == FailureKind.OVERFLOW) {
            response.headers().set("x-envoy-overloaded", "true");
        }
        return response;
    }

    /** An answer a route gives by itself: direct response or redirect. */
    public static FullHttpResponse local(
            int status, String body, String contentType, boolean grpc) {
        if (grpc) {
            return grpc(status, body);
        }
        ByteBuf content =
                body.isEmpty()
                        ? Unpooled.EMPTY_BUFFER
                        : Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        if (content.isReadable()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        if (status != 204 && status != 304 && status >= 200) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        }
        return response;
    }

    private static FullHttpResponse grpc(int status, String message) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/grpc");
        response.headers().set("grpc-status", Integer.toString(grpcStatus(status)));
        if (!message.isEmpty()) {
            response.headers().set("grpc-message", percentEncoded(message));
        }
        return response;
    }

    /** gRPC's own table of HTTP statuses (doc/http-grpc-status-mapping.md of grpc/grpc). */
    static int grpcStatus(int status) {
        return switch (status) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }

    private static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b < 0x20 || b > 0x7e || b == '%') {
                out.append('%').append(String.format("%02X", b & 0xff));
            } else {
                out.append((char) b);
            }
        }
        return out.toString();
    }
}
