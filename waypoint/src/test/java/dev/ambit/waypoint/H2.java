package dev.ambit.waypoint;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** HTTP/2 by prior knowledge: a client, and a server whose streams a test writes. */
final class H2 implements AutoCloseable {

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final AtomicInteger connections = new AtomicInteger();

    /** A server on loopback; each stream gets a handler. */
    int server(Supplier<ChannelInboundHandlerAdapter> streams) {
        Channel server =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.incrementAndGet();
                                        channel.pipeline()
                                                .addLast(Http2FrameCodecBuilder.forServer().build())
                                                .addLast(
                                                        new Http2MultiplexHandler(
                                                                new ChannelInitializer<>() {
                                                                    @Override
                                                                    protected void initChannel(
                                                                            Channel stream) {
                                                                        stream.pipeline()
                                                                                .addLast(
                                                                                        streams
                                                                                                .get());
                                                                    }
                                                                }));
                                    }
                                })
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Answers like a gRPC server: head, the request's bytes back, trailers. */
    static final class GrpcEcho extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2HeadersFrame headers && headers.headers().path() != null) {
                Http2Headers head = new DefaultHttp2Headers().status("200");
                head.set("content-type", "application/grpc");
                CharSequence te = headers.headers().get("te");
                head.set("x-te", te == null ? "none" : te);
                ctx.writeAndFlush(new DefaultHttp2HeadersFrame(head, false));
            } else if (frame instanceof Http2DataFrame data) {
                boolean end = data.isEndStream();
                ctx.writeAndFlush(new DefaultHttp2DataFrame(data.content(), false));
                if (end) {
                    end(ctx);
                }
                return;
            }
            ReferenceCountUtil.release(frame);
        }

        private static void end(ChannelHandlerContext ctx) {
            Http2Headers trailers = new DefaultHttp2Headers();
            trailers.set("grpc-status", "0");
            trailers.set("x-last", "yes");
            ctx.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
        }
    }

    Channel connect(int port) {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(Http2FrameCodecBuilder.forClient().build())
                                        .addLast(
                                                new Http2MultiplexHandler(
                                                        new ChannelInboundHandlerAdapter()));
                            }
                        })
                .connect(InetAddress.getLoopbackAddress(), port)
                .syncUninterruptibly()
                .channel();
    }

    /** What came back on a stream. */
    record Answer(Http2Headers head, String body, @Nullable Http2Headers trailers, boolean reset) {}

    /** One exchange: head, one DATA frame, end. */
    CompletableFuture<Answer> ask(Channel connection, Map<String, String> fields, String body) {
        Collector collector = new Collector();
        new Http2StreamChannelBootstrap(connection)
                .handler(collector)
                .open()
                .addListener(
                        opened -> {
                            Http2StreamChannel stream = (Http2StreamChannel) opened.getNow();
                            Http2Headers head = new DefaultHttp2Headers();
                            fields.forEach(head::set);
                            stream.write(new DefaultHttp2HeadersFrame(head, body.isEmpty()));
                            if (!body.isEmpty()) {
                                ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
                                stream.write(new DefaultHttp2DataFrame(bytes, true));
                            }
                            stream.flush();
                        });
        return collector.answer;
    }

    private static final class Collector extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private Http2Headers head = new DefaultHttp2Headers();
        private final StringBuilder body = new StringBuilder();
        private boolean started;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2HeadersFrame headers) {
                if (!started) {
                    head = headers.headers();
                    started = !head.status().toString().startsWith("1");
                    if (headers.isEndStream()) {
                        answer.complete(new Answer(head, body.toString(), null, false));
                    }
                } else {
                    answer.complete(new Answer(head, body.toString(), headers.headers(), false));
                }
            } else if (frame instanceof Http2DataFrame data) {
                body.append(data.content().toString(StandardCharsets.UTF_8));
                if (data.isEndStream()) {
                    answer.complete(new Answer(head, body.toString(), null, false));
                }
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame) {
                answer.complete(new Answer(head, body.toString(), null, true));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answer.complete(new Answer(head, body.toString(), null, true));
        }
    }

    static Map<String, String> get(String path) {
        return Map.of(":method", "GET", ":scheme", "http", ":authority", "reviews", ":path", path);
    }

    static Map<String, String> grpc(String path) {
        return Map.of(
                ":method", "POST",
                ":scheme", "http",
                ":authority", "reviews",
                ":path", path,
                "content-type", "application/grpc",
                "te", "trailers");
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
