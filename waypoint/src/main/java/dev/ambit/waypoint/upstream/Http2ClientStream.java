package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/2 connection. */
final class Http2ClientStream extends ChannelInboundHandlerAdapter implements UpstreamStream {

    private final Http2Connection connection;
    private final boolean reused;
    private @Nullable UpstreamListener listener;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http2Headers unsentHead;
    private boolean responseStarted;
    private boolean cancelled;

    Http2ClientStream(Http2Connection connection, UpstreamListener listener, boolean reused) {
        this.connection = connection;
        this.listener = listener;
        this.reused = reused;
    }

    void start() {
        UpstreamListener current = listener;
        if (current != null) {
            current.opened(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("stream has no channel");
        }
        return context;
    }

    @Override
    public void write(HttpObject part) {
        ChannelHandlerContext ctx = context();
        if (part instanceof HttpRequest head) {
            unsentHead = Http2Messages.toHttp2(head);
        } else if (part instanceof LastHttpContent last) {
            writeEnd(ctx, last);
        } else if (part instanceof HttpContent content) {
            writeHead(ctx, false);
            ctx.write(new DefaultHttp2DataFrame(content.content(), false));
        }
    }

    /** The head waits for what follows it, so that a request without body is one frame. */
    private void writeHead(ChannelHandlerContext ctx, boolean endOfStream) {
        if (unsentHead != null) {
            ctx.write(new DefaultHttp2HeadersFrame(unsentHead, endOfStream));
            unsentHead = null;
        }
    }

    private void writeEnd(ChannelHandlerContext ctx, LastHttpContent last) {
        boolean nothingMore = !last.content().isReadable() && last.trailingHeaders().isEmpty();
        if (unsentHead != null && nothingMore) {
            last.release();
            writeHead(ctx, true);
            return;
        }
        writeHead(ctx, false);
        if (last.trailingHeaders().isEmpty()) {
            ctx.write(new DefaultHttp2DataFrame(last.content(), true));
            return;
        }
        if (last.content().isReadable()) {
            ctx.write(new DefaultHttp2DataFrame(last.content(), false));
        } else {
            last.release();
        }
        ctx.write(
                new DefaultHttp2HeadersFrame(Http2Messages.toHttp2(last.trailingHeaders()), true));
    }

    @Override
    public void flush() {
        writeHead(context(), false);
        context().flush();
    }

    @Override
    public boolean writable() {
        return context().channel().isWritable();
    }

    @Override
    public void reading(boolean on) {
        context().channel().config().setAutoRead(on);
    }

    @Override
    public void cancel() {
        listener = null;
        reset(Http2Error.CANCEL);
    }

    private void reset(Http2Error code) {
        if (!cancelled && context != null && context.channel().isActive()) {
            cancelled = true;
            context.writeAndFlush(new DefaultHttp2ResetFrame(code));
            context.close();
        }
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Channel channel() {
        return context().channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        UpstreamListener current = listener;
        if (current == null) {
            ReferenceCountUtil.release(frame);
        } else if (frame instanceof Http2HeadersFrame headers) {
            try {
                head(current, headers);
            } catch (Http2Messages.MalformedException e) {
                reset(Http2Error.PROTOCOL_ERROR);
                fail(ProxyError.of(FailureKind.UPSTREAM_PROTOCOL, e));
            }
        } else if (frame instanceof Http2DataFrame data) {
            if (data.isEndStream()) {
                end(current, new DefaultLastHttpContent(data.content()));
            } else {
                current.content(new DefaultHttpContent(data.content()));
            }
        } else {
            ReferenceCountUtil.release(frame);
        }
    }

    private void head(UpstreamListener current, Http2HeadersFrame headers)
            throws Http2Messages.MalformedException {
        if (responseStarted) {
            LastHttpContent trailers = new DefaultLastHttpContent();
            Http2Messages.trailers(headers.headers(), trailers.trailingHeaders());
            end(current, trailers);
            return;
        }
        HttpResponse head = Http2Messages.response(headers.headers());
        responseStarted = head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        current.response(head);
        if (headers.isEndStream()) {
            end(current, LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void end(UpstreamListener current, LastHttpContent last) {
        if (listener == null) {
            // The head made the exchange give up; nobody wants the end.
            last.release();
            return;
        }
        listener = null;
        current.content(last);
        current.readComplete();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            fail(ProxyError.of(kindOf(reset.errorCode())));
        } else if (event instanceof Http2GoAwayFrame) {
            // Only streams beyond the last one the peer will process are told.
            fail(ProxyError.of(FailureKind.REFUSED_STREAM));
        }
        ReferenceCountUtil.release(event);
    }

    private FailureKind kindOf(long code) {
        if (responseStarted) {
            return FailureKind.RESPONSE_TRUNCATED;
        }
        return code == Http2Error.REFUSED_STREAM.code()
                ? FailureKind.REFUSED_STREAM
                : FailureKind.REMOTE_RESET;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.streamClosed();
        if (responseStarted) {
            fail(ProxyError.of(FailureKind.RESPONSE_TRUNCATED));
        } else {
            fail(
                    ProxyError.of(
                            reused
                                    ? FailureKind.STALE_CONNECTION
                                    : FailureKind.CONNECTION_TERMINATED));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ProxyError.of(FailureKind.UPSTREAM_PROTOCOL, cause));
        ctx.close();
    }

    private void fail(ProxyError error) {
        UpstreamListener current = listener;
        if (current != null) {
            listener = null;
            current.failed(error);
        }
    }
}
