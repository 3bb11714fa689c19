package dev.ambit.waypoint.ingress;

import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.Downstream;
import dev.ambit.waypoint.exchange.HttpExchange;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: one exchange after the other. Requests sent ahead wait here,
 * unread beyond what one read brought, until the one before is answered.
 */
final class Http1ServerHandler extends ChannelInboundHandlerAdapter
        implements Downstream, Drainable {

    private final LoopContext context;
    private final ClientConnection client;
    private final IngressLimits limits;
    private final Http1Codec codec;
    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext channel;
    private @Nullable HttpExchange exchange;
    private boolean requestComplete = true;
    private boolean http10;
    private boolean keepAlive = true;
    private boolean headOnly;
    private boolean draining;
    private boolean working;
    private boolean closing;
    private int discarded;

    Http1ServerHandler(
            LoopContext context, ClientConnection client, IngressLimits limits, Http1Codec codec) {
        this.context = context;
        this.client = client;
        this.limits = limits;
        this.codec = codec;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx;
    }

    private ChannelHandlerContext channel() {
        if (channel == null) {
            throw new IllegalStateException("handler has no channel");
        }
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
        } else if (!pending.isEmpty() || working || (exchange != null && requestComplete)) {
            pending.add(part);
            ctx.channel().config().setAutoRead(false);
        } else {
            take(part);
        }
    }

    private void take(HttpObject part) {
        if (part instanceof HttpRequest head) {
            begin(head);
        } else if (part instanceof HttpContent content) {
            body(content);
        } else {
            ReferenceCountUtil.release(part);
        }
    }

    private void begin(HttpRequest head) {
        requestComplete = false;
        discarded = 0;
        http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        keepAlive = HttpUtil.isKeepAlive(head);
        headOnly = head.method().equals(HttpMethod.HEAD);
        HttpExchange begun = HttpExchange.of(context, client, this, head);
        exchange = begun;
        if (head.decoderResult().isFailure()) {
            keepAlive = false;
            begun.refuse(malformed(head.decoderResult().cause()));
        } else if (head.headers().size() > limits.headerCount()) {
            keepAlive = false;
            begun.refuse(ProxyError.of(FailureKind.HEADERS_TOO_LARGE));
        } else {
            begun.start();
        }
    }

    private static ProxyError malformed(Throwable cause) {
        return cause instanceof TooLongFrameException
                ? ProxyError.of(FailureKind.HEADERS_TOO_LARGE, cause)
                : ProxyError.of(FailureKind.BAD_REQUEST, cause);
    }

    private void body(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            ProxyError error = malformed(content.decoderResult().cause());
            content.release();
            keepAlive = false;
            if (exchange != null) {
                exchange.refuse(error);
            } else {
                closeWhenFlushed();
            }
            return;
        }
        requestComplete |= content instanceof LastHttpContent;
        HttpExchange current = exchange;
        if (current != null) {
            current.content(content);
        } else {
            discard(content);
        }
    }

    /** The answer was given before the request was complete. */
    private void discard(HttpContent content) {
        discarded += content.content().readableBytes();
        content.release();
        if (requestComplete) {
            nextRequest();
        } else if (discarded > limits.discardBytes()) {
            closeWhenFlushed();
        }
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
        if (event instanceof Http1Codec.HeaderTimeout) {
            keepAlive = false;
            if (exchange == null && requestComplete) {
                http10 = false;
                headOnly = false;
                write(
                        dev.ambit.waypoint.failure.ErrorResponses.of(
                                ProxyError.of(FailureKind.REQUEST_HEADER_TIMEOUT), false));
            }
            closeWhenFlushed();
        } else if (event instanceof IdleStateEvent) {
            closeIfIdle();
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /** The client sends no more; an answer under way is still delivered. */
    private void inputEnded() {
        keepAlive = false;
        if (exchange == null) {
            closeWhenFlushed();
        } else if (!requestComplete) {
            channel().close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
        HttpExchange current = exchange;
        exchange = null;
        if (current != null) {
            current.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public EventLoop loop() {
        return context.loop();
    }

    @Override
    public boolean http2() {
        return false;
    }

    @Override
    public void write(HttpObject part) {
        ChannelHandlerContext ctx = channel();
        if (part instanceof HttpResponse head) {
            writeHead(ctx, head);
        } else {
            ctx.write(part, ctx.voidPromise());
        }
    }

    private void writeHead(ChannelHandlerContext ctx, HttpResponse head) {
        boolean informational = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (informational && http10) {
            ReferenceCountUtil.release(head);
            return;
        }
        codec.nextAnswerHasNoBody(headOnly);
        if (!informational) {
            frame(head);
        }
        ctx.write(head, ctx.voidPromise());
        if (informational && head.status().code() != 101 && !(head instanceof FullHttpResponse)) {
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, ctx.voidPromise());
        }
    }

    /** How long the answer is, and whether another may follow (RFC 9112 sections 6 and 9.3). */
    private void frame(HttpResponse head) {
        int status = head.status().code();
        boolean chunked = HttpUtil.isTransferEncodingChunked(head);
        head.setProtocolVersion(HttpVersion.HTTP_1_1);
        if (status == 204 || status == 304 || headOnly) {
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        } else if (http10) {
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            keepAlive &= head.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
        } else if (!chunked && !head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        keepAlive &= !draining;
        if (!keepAlive) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    @Override
    public void flush() {
        channel().flush();
    }

    @Override
    public boolean writable() {
        return channel().channel().isWritable();
    }

    @Override
    public void reading(boolean on) {
        if (!closing) {
            channel().channel().config().setAutoRead(on && pending.isEmpty());
        }
    }

    @Override
    public void lastAnswer() {
        keepAlive = false;
    }

    @Override
    public void abort() {
        exchange = null;
        closing = true;
        channel().close();
    }

    @Override
    public void finished(boolean complete) {
        exchange = null;
        if (!keepAlive) {
            closeWhenFlushed();
        } else if (requestComplete) {
            nextRequest();
        } else {
            // The rest of the request is on its way; it is read and dropped.
            reading(true);
        }
    }

    /** A loop, not a recursion: a client may have sent thousands of requests ahead. */
    private void nextRequest() {
        if (working) {
            return;
        }
        working = true;
        try {
            while (!pending.isEmpty() && !closing && (exchange == null || !requestComplete)) {
                take(pending.remove());
            }
        } finally {
            working = false;
        }
        if (pending.isEmpty() && !closing) {
            channel().channel().config().setAutoRead(true);
        }
        if (exchange != null) {
            exchange.readComplete();
        }
    }

    private void closeWhenFlushed() {
        if (!closing) {
            closing = true;
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public Channel upgrade() {
        Channel bare = channel().channel();
        bare.config().setAutoRead(false);
        exchange = null;
        closing = true;
        bare.pipeline().remove(codec);
        if (bare.pipeline().get("idle") != null) {
            bare.pipeline().remove("idle");
        }
        bare.pipeline().remove(this);
        return bare;
    }

    @Override
    public void drain() {
        draining = true;
        closeIfIdle();
    }

    private void closeIfIdle() {
        if (exchange == null && requestComplete && pending.isEmpty()) {
            closeWhenFlushed();
        }
    }
}
