package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a destination, serving one exchange at a time. It is used again only
 * if both the request and the answer were complete; a byte that nobody asked for closes it, so that
 * an answer can never shift to the next request.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements UpstreamStream {

    private final Http1Pool pool;
    private final PoolKey key;
    private final UpstreamLimits limits;

    private @Nullable ChannelHandlerContext context;
    private @Nullable UpstreamListener listener;
    private @Nullable Future<?> idleTimer;
    private boolean requestDone;
    private boolean responseStarted;
    private boolean skipInformationalEnd;
    private boolean keepAlive;
    private boolean upgraded;
    private boolean accounted;
    private int exchanges;

    Http1Connection(Http1Pool pool, PoolKey key, UpstreamLimits limits) {
        this.pool = pool;
        this.key = key;
        this.limits = limits;
    }

    PoolKey key() {
        return key;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("connection has no channel");
        }
        return context;
    }

    boolean usable() {
        return context != null && context.channel().isActive();
    }

    void begin(UpstreamListener next) {
        if (idleTimer != null) {
            idleTimer.cancel(false);
            idleTimer = null;
        }
        listener = next;
        requestDone = false;
        responseStarted = false;
        keepAlive = false;
        exchanges++;
        next.opened(this);
    }

    void startIdleTimer() {
        idleTimer =
                context()
                        .channel()
                        .eventLoop()
                        .schedule(
                                this::close,
                                limits.idleTimeout().toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void write(HttpObject part) {
        if (part instanceof LastHttpContent) {
            requestDone = true;
        }
        ChannelHandlerContext ctx = context();
        ctx.write(part, ctx.voidPromise());
    }

    @Override
    public void flush() {
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
        close();
    }

    @Override
    public boolean reused() {
        return exchanges > 1;
    }

    @Override
    public Channel channel() {
        return context().channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        UpstreamListener current = listener;
        if (upgraded) {
            passOn(ctx, message);
        } else if (current == null) {
            ReferenceCountUtil.release(message);
            ctx.close();
        } else if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            fail(ProxyError.of(FailureKind.UPSTREAM_PROTOCOL, part.decoderResult().cause()));
        } else if (message instanceof HttpResponse head) {
            head(current, head);
        } else if (message instanceof HttpContent content) {
            content(current, content);
        } else {
            ReferenceCountUtil.release(message);
            fail(ProxyError.of(FailureKind.UPSTREAM_PROTOCOL));
        }
    }

    /** After 101 only bytes count; the decoder's end of the 101 message is dropped. */
    private static void passOn(ChannelHandlerContext ctx, Object message) {
        if (message instanceof LastHttpContent) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void head(UpstreamListener current, HttpResponse head) {
        int status = head.status().code();
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL && status != 101) {
            skipInformationalEnd = true;
            current.response(head);
            return;
        }
        responseStarted = true;
        if (status == 101) {
            upgraded = true;
            skipInformationalEnd = false;
            listener = null;
            current.response(head);
            return;
        }
        keepAlive = HttpUtil.isKeepAlive(head);
        current.response(head);
    }

    private void content(UpstreamListener current, HttpContent content) {
        if (!(content instanceof LastHttpContent)) {
            current.content(content);
            return;
        }
        if (skipInformationalEnd) {
            // The decoder ends every 1xx like a message of its own.
            skipInformationalEnd = false;
            content.release();
            return;
        }
        listener = null;
        boolean again = keepAlive && requestDone && usable();
        current.content(content);
        current.readComplete();
        if (again) {
            context().channel().config().setAutoRead(true);
            pool.idle(this);
        } else {
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.readComplete();
        } else if (upgraded) {
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.writabilityChanged();
        } else if (upgraded) {
            ctx.fireChannelWritabilityChanged();
        }
    }

    /** The destination sends no more; an answer that ended with it has been delivered by now. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !upgraded) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!accounted) {
            accounted = true;
            pool.closed(this);
        }
        if (idleTimer != null) {
            idleTimer.cancel(false);
        }
        fail(ProxyError.of(ended()));
        if (upgraded) {
            ctx.fireChannelInactive();
        }
    }

    private FailureKind ended() {
        if (responseStarted) {
            return FailureKind.RESPONSE_TRUNCATED;
        }
        return reused() ? FailureKind.STALE_CONNECTION : FailureKind.CONNECTION_TERMINATED;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ProxyError.of(ended(), cause));
        ctx.close();
    }

    private void fail(ProxyError error) {
        UpstreamListener current = listener;
        if (current != null) {
            listener = null;
            close();
            current.failed(error);
        }
    }
}
