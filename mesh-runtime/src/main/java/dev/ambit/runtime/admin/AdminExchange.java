package dev.ambit.runtime.admin;

import dev.ambit.runtime.log.Log;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/**
 * One request at a time: read, hand to the route on a virtual thread, answer. Reading pauses while
 * a handler runs, so a connection never has two.
 */
final class AdminExchange extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Log LOG = Log.get("admin");
    private static final int GZIP_FROM_BYTES = 1024;

    private final AdminRoutes routes;

    /** Clients that ask and do not read shall not fill the memory with what they asked for. */
    private static final long UNREAD_BYTES = 64 * 1024 * 1024;

    private static final AdminResponse BUSY =
            AdminResponse.text(503, "busy: too many answers wait for their clients to read them\n");

    private final ExecutorService blocking;
    private final AtomicLong unread;

    AdminExchange(AdminRoutes routes, ExecutorService blocking, AtomicLong unread) {
        this.routes = routes;
        this.blocking = blocking;
        this.unread = unread;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        ctx.pipeline().get(RequestDeadline.class).requestRead();
        boolean keepAlive = HttpUtil.isKeepAlive(message);
        if (message.decoderResult().isFailure()) {
            answer(ctx, refusal(message.decoderResult().cause()), false, false);
            return;
        }
        AdminRequest request;
        try {
            request = request(ctx, message);
        } catch (IllegalArgumentException e) {
            answer(
                    ctx,
                    AdminResponse.text(400, "bad request: " + e.getMessage() + "\n"),
                    false,
                    false);
            return;
        }
        ctx.channel().config().setAutoRead(false);
        try {
            blocking.execute(
                    () -> {
                        AdminResponse response = compressed(request, handle(request));
                        boolean head = request.method().equals("HEAD");
                        ctx.executor().execute(() -> answer(ctx, response, keepAlive, head));
                    });
        } catch (RejectedExecutionException e) {
            ctx.close();
        }
    }

    private static AdminResponse refusal(Throwable cause) {
        int status =
                switch (cause) {
                    case TooLongHttpHeaderException e -> 431;
                    case TooLongHttpLineException e -> 414;
                    default -> 400;
                };
        return AdminResponse.text(status, "bad request: " + cause.getMessage() + "\n");
    }

    private AdminResponse handle(AdminRequest request) {
        if (unread.get() > UNREAD_BYTES) {
            return BUSY;
        }
        try {
            return routes.find(request.method(), request.path()).handle(request);
        } catch (Exception e) {
            LOG.error("handler failed", "path", request.path(), "error", e);
            return AdminResponse.text(500, e + "\n");
        }
    }

    private static AdminRequest request(ChannelHandlerContext ctx, FullHttpRequest message) {
        QueryStringDecoder uri = new QueryStringDecoder(message.uri());
        Map<String, String> headers = new TreeMap<>();
        for (Map.Entry<String, String> h : message.headers()) {
            headers.merge(h.getKey().toLowerCase(Locale.ROOT), h.getValue(), (a, b) -> a + "," + b);
        }
        return new AdminRequest(
                message.method().name(),
                uri.path(),
                uri.parameters(),
                headers,
                ByteBufUtil.getBytes(message.content()),
                (InetSocketAddress) ctx.channel().remoteAddress());
    }

    private static AdminResponse compressed(AdminRequest request, AdminResponse response) {
        boolean wanted = request.header("accept-encoding").orElse("").contains("gzip");
        if (!wanted || response.body().length < GZIP_FROM_BYTES) {
            return response;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(response.body().length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(response.body());
        } catch (IOException e) {
            return response;
        }
        Map<String, String> headers = new TreeMap<>(response.headers());
        headers.put("Content-Encoding", "gzip");
        return new AdminResponse(
                response.status(), response.contentType(), out.toByteArray(), headers);
    }

    private void answer(
            ChannelHandlerContext ctx, AdminResponse response, boolean keepAlive, boolean head) {
        FullHttpResponse message =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(response.status()),
                        head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()));
        HttpHeaders headers = message.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        response.headers().forEach(headers::set);
        HttpUtil.setKeepAlive(message, keepAlive);
        int bytes = message.content().readableBytes();
        unread.addAndGet(bytes);
        ChannelFuture taken = ctx.writeAndFlush(message);
        taken.addListener(done -> unread.addAndGet(-bytes));
        if (!keepAlive) {
            taken.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.channel().config().setAutoRead(true);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection failed", "peer", ctx.channel().remoteAddress(), "error", cause);
        ctx.close();
    }
}
