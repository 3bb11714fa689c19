package dev.ambit.waypoint.exchange;

import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** The answer on its way to the client, and what is remembered of it for the record. */
final class Answer {

    private final Downstream downstream;
    private final boolean headOnly;
    private final boolean grpc;
    private final GrpcMessages messages = new GrpcMessages();

    private int status;
    private long bytes;
    private @Nullable String grpcStatus;

    Answer(Downstream downstream, HttpMethod method, boolean grpc) {
        this.downstream = downstream;
        this.headOnly = method.equals(HttpMethod.HEAD);
        this.grpc = grpc;
    }

    boolean started() {
        return status != 0;
    }

    int status() {
        return status;
    }

    long bytes() {
        return bytes;
    }

    long messages() {
        return messages.count();
    }

    @Nullable String grpcStatus() {
        return grpcStatus;
    }

    void informational(HttpResponse head) {
        downstream.write(head);
        downstream.flush();
    }

    void head(HttpResponse head) {
        status = head.status().code();
        if (grpc) {
            grpcStatus = head.headers().get("grpc-status");
        }
        downstream.write(head);
    }

    /** Takes ownership. */
    void content(HttpContent part) {
        bytes += part.content().readableBytes();
        if (grpc) {
            messages.see(part.content());
            if (part instanceof LastHttpContent last) {
                @Nullable String sent = last.trailingHeaders().get("grpc-status");
                grpcStatus = sent != null ? sent : grpcStatus;
            }
        }
        downstream.write(part);
    }

    /** An answer of our own. */
    void whole(FullHttpResponse response) {
        HttpResponse head =
                new DefaultHttpResponse(
                        response.protocolVersion(), response.status(), response.headers());
        head(head);
        if (response.content().isReadable() && !headOnly) {
            bytes += response.content().readableBytes();
            downstream.write(new DefaultHttpContent(response.content()));
        } else {
            response.release();
        }
        downstream.write(LastHttpContent.EMPTY_LAST_CONTENT);
        downstream.flush();
    }
}
