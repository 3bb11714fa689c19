package dev.ambit.waypoint.ingress;

import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.Downstream;
import dev.ambit.waypoint.exchange.HttpExchange;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.upstream.Http2Messages;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
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
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One exchange on a client's HTTP/2 connection. */
final class Http2ServerStream extends ChannelInboundHandlerAdapter implements Downstream {

    private final LoopContext context;
    private final ClientConnection client;
    private final IngressLimits limits;

    private @Nullable ChannelHandlerContext channel;
    private @Nullable HttpExchange exchange;
    private @Nullable Http2Headers unsentHead;
    private @Nullable ChannelFuture lastWrite;
    private boolean begun;
    private boolean requestEnded;

    Http2ServerStream(LoopContext context, ClientConnection client, IngressLimits limits) {
        this.context = context;
        this.client = client;
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx;
    }

    private ChannelHandlerContext channel() {
        if (channel == null) {
            throw new IllegalStateException("stream has no channel");
        }
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        if (frame instanceof Http2HeadersFrame headers) {
            try {
                head(headers);
            } catch (Http2Messages.MalformedException e) {
                reset(Http2Error.PROTOCOL_ERROR);
                gone();
            }
        } else if (frame instanceof Http2DataFrame data && exchange != null) {
            exchange.content(
                    data.isEndStream()
                            ? new DefaultLastHttpContent(data.content())
                            : new DefaultHttpContent(data.content()));
        } else {
            ReferenceCountUtil.release(frame);
        }
    }

    private void head(Http2HeadersFrame frame) throws Http2Messages.MalformedException {
        if (begun) {
            trailers(frame);
            return;
        }
        begun = true;
        requestEnded = frame.isEndStream();
        HttpRequest head = Http2Messages.request(frame.headers(), frame.isEndStream());
        HttpExchange started = HttpExchange.of(context, client, this, head);
        exchange = started;
        if (frame.headers().size() > limits.headerCount()) {
            started.refuse(ProxyError.of(FailureKind.HEADERS_TOO_LARGE));
        } else {
            started.start();
        }
        if (frame.isEndStream() && exchange != null) {
            exchange.content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void trailers(Http2HeadersFrame frame) throws Http2Messages.MalformedException {
        HttpExchange current = exchange;
        if (current == null) {
            return;
        }
        LastHttpContent last = new DefaultLastHttpContent();
        Http2Messages.trailers(frame.headers(), last.trailingHeaders());
        current.content(last);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.downstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            gone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    private void gone() {
        HttpExchange current = exchange;
        exchange = null;
        if (current != null) {
            current.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        gone();
        ctx.close();
    }

    @Override
    public EventLoop loop() {
        return context.loop();
    }

    @Override
    public boolean http2() {
        return true;
    }

    @Override
    public void write(HttpObject part) {
        ChannelHandlerContext ctx = channel();
        if (part instanceof HttpResponse head) {
            Http2Headers headers = Http2Messages.toHttp2(head);
            if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                ReferenceCountUtil.release(head);
                ctx.write(new DefaultHttp2HeadersFrame(headers, false));
            } else {
                unsentHead = headers;
            }
        } else if (part instanceof LastHttpContent last) {
            writeEnd(ctx, last);
        } else if (part instanceof HttpContent content) {
            writeHead(ctx, false);
            ctx.write(new DefaultHttp2DataFrame(content.content(), false));
        }
    }

    /** The head waits for what follows it, so that an answer without body is one frame. */
    private void writeHead(ChannelHandlerContext ctx, boolean endOfStream) {
        if (unsentHead != null) {
            lastWrite = ctx.write(new DefaultHttp2HeadersFrame(unsentHead, endOfStream));
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
            lastWrite = ctx.write(new DefaultHttp2DataFrame(last.content(), true));
            return;
        }
        if (last.content().isReadable()) {
            ctx.write(new DefaultHttp2DataFrame(last.content(), false));
        } else {
            last.release();
        }
        lastWrite =
                ctx.write(
                        new DefaultHttp2HeadersFrame(
                                Http2Messages.toHttp2(last.trailingHeaders()), true));
    }

    @Override
    public void flush() {
        ChannelHandlerContext ctx = channel();
        writeHead(ctx, false);
        ctx.flush();
    }

    @Override
    public boolean writable() {
        return channel().channel().isWritable();
    }

    @Override
    public void reading(boolean on) {
        channel().channel().config().setAutoRead(on);
    }

    @Override
    public void lastAnswer() {
        // Requests are streams of their own here; a bad one says nothing about the others.
    }

    @Override
    public void abort() {
        exchange = null;
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void reset(Http2Error code) {
        ChannelHandlerContext ctx = channel();
        if (ctx.channel().isActive()) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(code));
            ctx.close();
        }
    }

    @Override
    public void finished(boolean requestComplete) {
        exchange = null;
        if (!requestComplete && !requestEnded && lastWrite != null) {
            // RFC 9113 section 8.1: the answer is complete, the rest of the request unwanted.
            lastWrite.addListener(written -> reset(Http2Error.NO_ERROR));
        }
    }

    @Override
    public Channel upgrade() {
        throw new IllegalStateException("HTTP/2 streams do not switch protocols");
    }
}
