package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.InnerTunnel;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.server.HboneServer;
import dev.ambit.hbone.server.HboneServerEvents;
import dev.ambit.hbone.tunnel.TunnelChannel;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Netty's own HTTP/2 as a second opinion, at each end; and a tunnel inside a tunnel. */
final class InteropTest {
    private static final int BYTES = 3_000_000;
    private final Transport transport = TestLoops.transports().getFirst();
    private final TestCertificates certificates = new TestCertificates();

    @Test
    void ourClientSpeaksWithNettysServer() throws Exception {
        TlsContexts server = certificates.contexts(TunnelBed.SERVER);
        TlsContexts client = certificates.contexts(TunnelBed.CLIENT);
        try (EventLoops loops = TestLoops.start(transport, 2)) {
            Channel listener =
                    Sockets.listen(
                            transport,
                            loops.data().get(0),
                            loops.data().get(0),
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline()
                                            .addLast(
                                                    server.server().newHandler(channel.alloc()),
                                                    Http2FrameCodecBuilder.forServer()
                                                            .initialSettings(
                                                                    Http2Settings.defaultSettings()
                                                                            .initialWindowSize(
                                                                                    100_000))
                                                            .build(),
                                                    new Http2MultiplexHandler(echoes()));
                                }
                            });
            EventLoop loop = loops.data().get(1);
            HbonePool pool =
                    new HbonePool(
                            loop,
                            HboneSettings.defaults(),
                            new HboneCounters(),
                            (key, on, handler) ->
                                    Sockets.connect(transport, on, key.address(), handler));
            PoolKey key =
                    new PoolKey(
                            TunnelBed.CLIENT,
                            List.of(TunnelBed.SERVER),
                            Sockets.address(listener),
                            null,
                            "uid",
                            client.serial());
            byte[] bytes = random();
            CompletableFuture<byte[]> echoed = new CompletableFuture<>();
            loop.execute(
                    () ->
                            pool.open(
                                    key,
                                    client,
                                    ConnectRequest.to("10.0.0.1:80"),
                                    whenOpened(stream -> Echo.of(stream, bytes, echoed))));
            assertThat(echoed.get(20, TimeUnit.SECONDS)).isEqualTo(bytes);
        }
    }

    /** Answers 200 and sends back what comes, and the end. */
    private static ChannelInitializer<Channel> echoes() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new ChannelDuplexHandler() {
                                    @Override
                                    public void channelRead(
                                            ChannelHandlerContext ctx, Object message) {
                                        if (message instanceof Http2HeadersFrame) {
                                            ctx.writeAndFlush(
                                                    new DefaultHttp2HeadersFrame(
                                                            new DefaultHttp2Headers()
                                                                    .status("200")));
                                        } else if (message instanceof Http2DataFrame data) {
                                            ctx.writeAndFlush(
                                                    new DefaultHttp2DataFrame(
                                                            data.content(), data.isEndStream()));
                                        }
                                    }
                                });
            }
        };
    }

    @Test
    void nettysClientSpeaksWithOurServer() throws Exception {
        TlsContexts client = certificates.contexts(TunnelBed.CLIENT);
        TlsContexts serverTls = certificates.contexts(TunnelBed.SERVER);
        try (EventLoops loops = TestLoops.start(transport, 2)) {
            HboneServer server = echoServer(serverTls);
            Channel listener =
                    Sockets.listen(
                            transport,
                            loops.data().get(0),
                            loops.data().get(0),
                            server.childHandler());
            Channel connection =
                    Sockets.connect(
                                    transport,
                                    loops.data().get(1),
                                    Sockets.address(listener),
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline()
                                                    .addLast(
                                                            client.client()
                                                                    .newHandler(channel.alloc()),
                                                            Http2FrameCodecBuilder.forClient()
                                                                    .initialSettings(
                                                                            Http2Settings
                                                                                    .defaultSettings()
                                                                                    .initialWindowSize(
                                                                                            100_000))
                                                                    .build(),
                                                            new Http2MultiplexHandler(
                                                                    new ChannelInboundHandlerAdapter()));
                                        }
                                    })
                            .sync()
                            .channel();
            byte[] bytes = random();
            CompletableFuture<byte[]> echoed = new CompletableFuture<>();
            Http2StreamChannel stream =
                    new Http2StreamChannelBootstrap(connection)
                            .handler(collect(echoed))
                            .open()
                            .get(20, TimeUnit.SECONDS);
            stream.write(
                    new DefaultHttp2HeadersFrame(
                            new DefaultHttp2Headers().method("CONNECT").authority("10.0.0.1:80")));
            stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), true));
            stream.flush();
            assertThat(echoed.get(20, TimeUnit.SECONDS)).isEqualTo(bytes);
            server.close();
        }
    }

    private static ChannelInboundHandlerAdapter collect(CompletableFuture<byte[]> result) {
        return new ChannelInboundHandlerAdapter() {
            private final ByteBuf all = Unpooled.buffer();

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof Http2ResetFrame reset) {
                    result.completeExceptionally(new AssertionError("reset " + reset.errorCode()));
                }
                if (message instanceof Http2DataFrame data) {
                    all.writeBytes(data.content());
                    if (data.isEndStream()) {
                        result.complete(ByteBufUtil.getBytes(all));
                    }
                    data.release();
                }
            }
        };
    }

    private static HboneServer echoServer(TlsContexts tls) {
        return new HboneServer(
                new HboneServer.Parts(
                        HboneSettings.defaults(),
                        new HboneCounters(),
                        () -> tls,
                        connect -> Echo.back(connect.accept(Map.of("baggage", "a=b"))),
                        new HboneServerEvents() {}));
    }

    @Test
    void aTunnelInsideATunnelIsSeenByItsFarEndOnly() throws Exception {
        TlsContexts innerTls = certificates.contexts(TunnelBed.SERVER);
        HboneServer inner = echoServer(innerTls);
        try (TunnelBed bed =
                new TunnelBed(
                        transport,
                        1,
                        HboneSettings.defaults(),
                        b ->
                                connect -> {
                                    // The gateway: what is inside the outer tunnel is an accepted
                                    // connection of the inner server.
                                    HboneStream outer = connect.accept(Map.of());
                                    TunnelChannel channel =
                                            new TunnelChannel(
                                                    outer, connect.local(), connect.remote());
                                    channel.pipeline().addLast(inner.childHandler());
                                    connect.loop().register(channel);
                                })) {
            byte[] bytes = random();
            CompletableFuture<byte[]> echoed = new CompletableFuture<>();
            TlsContexts client = certificates.contexts(TunnelBed.CLIENT);
            InnerTunnel.Parts parts =
                    new InnerTunnel.Parts(
                            HboneSettings.defaults(),
                            new HboneCounters(),
                            client,
                            List.of(TunnelBed.SERVER));
            EventLoop loop = bed.clientLoops.data().getFirst();
            loop.execute(
                    () ->
                            bed.pool(loop)
                                    .open(
                                            bed.key(),
                                            bed.clientTls,
                                            ConnectRequest.to("10.0.0.1:15008"),
                                            whenOpened(
                                                    outer ->
                                                            InnerTunnel.open(
                                                                    parts,
                                                                    outer,
                                                                    ConnectRequest.to(
                                                                            "svc.ns.svc.cluster.local:80"),
                                                                    whenOpened(
                                                                            stream ->
                                                                                    Echo.of(
                                                                                            stream,
                                                                                            bytes,
                                                                                            echoed))))));
            assertThat(echoed.get(20, TimeUnit.SECONDS)).isEqualTo(bytes);
            Await.until("outer tunnel closed too", () -> inner.connections() == 0);
        }
    }

    private interface Opened {
        void stream(HboneStream stream);
    }

    private static OpenCallback whenOpened(Opened opened) {
        return new OpenCallback() {
            @Override
            public void opened(HboneStream stream, Map<String, String> headers) {
                opened.stream(stream);
            }

            @Override
            public void failed(OpenFailure failure) {
                throw new AssertionError(failure.describe());
            }
        };
    }

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** Sends back, or sends and collects. */
    private static final class Echo implements HboneStream.Receiver {
        private final HboneStream stream;
        private final @Nullable CompletableFuture<byte[]> result;
        private final ByteBuf all = Unpooled.buffer();

        private Echo(HboneStream stream, @Nullable CompletableFuture<byte[]> result) {
            this.stream = stream;
            this.result = result;
        }

        static void back(HboneStream stream) {
            stream.receiver(new Echo(stream, null));
        }

        static void of(HboneStream stream, byte[] bytes, CompletableFuture<byte[]> result) {
            stream.receiver(new Echo(stream, result));
            stream.send(Unpooled.wrappedBuffer(bytes));
            stream.end();
        }

        @Override
        public void data(ByteBuf slice) {
            int length = slice.readableBytes();
            if (result == null) {
                stream.send(slice);
            } else {
                all.writeBytes(slice);
                slice.release();
            }
            stream.credit(length);
        }

        @Override
        public void readComplete() {
            stream.flush();
        }

        @Override
        public void end() {
            if (result == null) {
                stream.end();
            } else {
                result.complete(ByteBufUtil.getBytes(all));
            }
        }

        @Override
        public void reset(long errorCode) {
            if (result != null) {
                result.completeExceptionally(
                        new AssertionError("reset " + ErrorCode.name(errorCode)));
            }
        }

        @Override
        public void writableChanged(boolean writable) {}

        @Override
        public void closed(@Nullable Throwable cause) {
            if (cause != null && result != null) {
                result.completeExceptionally(cause);
            }
        }
    }
}
