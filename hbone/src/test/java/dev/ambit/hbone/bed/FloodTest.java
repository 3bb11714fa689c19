package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderWriter;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The floods of reliability.md 1.F over real TLS: the attacker is cut off with ENHANCE_YOUR_CALM,
 * and a good client on another connection to the same loop loses not one request meanwhile.
 */
final class FloodTest {

    private static final int REQUESTS = 100;

    /** One frame or a few of the attack; the number is new each time. */
    interface Attack {
        void write(ByteBuf out, int number);
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack(
                        "F01 rapid reset",
                        Limit.PREMATURE_RESETS,
                        (out, i) -> {
                            connect(out, 2 * i + 1);
                            FrameWriter.rstStream(out, 2 * i + 1, ErrorCode.CANCEL);
                        }),
                attack(
                        "F03 CONTINUATION",
                        Limit.CONTINUATIONS,
                        (out, i) -> {
                            int type = i == 0 ? Frames.HEADERS : Frames.CONTINUATION;
                            FrameWriter.header(out, 1, type, 0, 1);
                            out.writeByte(0x20);
                        }),
                attack("F05 PING", Limit.PINGS, (out, i) -> FrameWriter.ping(out, i, false)),
                attack(
                        "F06 PRIORITY",
                        Limit.PRIORITIES,
                        (out, i) -> {
                            FrameWriter.header(out, 5, Frames.PRIORITY, 0, 1);
                            out.writeZero(5);
                        }),
                attack(
                        "F07 resets we have to send",
                        Limit.OWN_RESETS,
                        (out, i) -> {
                            connect(out, 2 * i + 1);
                            FrameWriter.windowUpdate(out, 2 * i + 1, 0);
                        }),
                attack(
                        "F08 SETTINGS",
                        Limit.SETTINGS,
                        (out, i) -> FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0)),
                attack(
                        "F09 empty DATA",
                        Limit.EMPTY_DATA,
                        (out, i) -> {
                            if (i == 0) {
                                connect(out, 1);
                            }
                            FrameWriter.header(out, 0, Frames.DATA, 0, 1);
                        }));
    }

    private static Arguments attack(String name, Limit limit, Attack attack) {
        return Arguments.of(name, limit, attack);
    }

    private static void connect(ByteBuf out, int stream) {
        int at = out.writerIndex();
        out.writeZero(9);
        // Nobody listens at port 1: what becomes of the dial does not matter.
        HeaderWriter.connect(out, ConnectRequest.to("127.0.0.1:1"));
        int length = out.writerIndex() - at - 9;
        FrameWriter.setHeader(out, at, length, Frames.HEADERS, Frames.END_HEADERS, stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void aFloodEndsItsOwnConnectionAndNoOther(String name, Limit limit, Attack attack)
            throws Exception {
        try (TunnelBed bed =
                        new TunnelBed(
                                TestLoops.transports().getFirst(), 1, HboneSettings.defaults());
                ServerSocket app = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            var _ = CompletableFuture.runAsync(() -> answer(app));
            InetSocketAddress front = bed.front((InetSocketAddress) app.getLocalSocketAddress());
            ask(front);
            for (int round = 0; round < 3; round++) {
                CompletableFuture<String> farewell = flood(bed, attack);
                for (int i = 0; i < REQUESTS / 3; i++) {
                    ask(front);
                }
                assertThat(farewell.get(20, TimeUnit.SECONDS)).isEqualTo("ENHANCE_YOUR_CALM");
            }
            ask(front);
            assertThat(bed.serverCounters.hits(limit)).isEqualTo(3);
            assertThat(bed.failures).isEmpty();
            assertThat(bed.clientCounters.opened()).isEqualTo(1);
            Await.until("attackers gone", () -> bed.server.connections() == 1);
        }
    }

    private static void ask(InetSocketAddress front) throws IOException {
        try (Socket socket = new Socket(front.getAddress(), front.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
        }
    }

    private static void answer(ServerSocket app) {
        try {
            while (true) {
                try (Socket socket = app.accept();
                        OutputStream out = socket.getOutputStream()) {
                    out.write(socket.getInputStream().readAllBytes());
                }
            }
        } catch (IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }

    /** Sends without end until it is told to stop. */
    private static CompletableFuture<String> flood(TunnelBed bed, Attack attack) {
        CompletableFuture<String> farewell = new CompletableFuture<>();
        Sockets.connect(
                bed.transport(),
                bed.clientLoops.nextData(),
                bed.serverAddress,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslHandler tls = bed.clientTls.client().newHandler(channel.alloc());
                        channel.pipeline().addLast(tls, new Attacker(attack, farewell));
                    }
                });
        return farewell;
    }

    private static final class Attacker extends ChannelInboundHandlerAdapter {
        private final Attack attack;
        private final CompletableFuture<String> farewell;
        private final java.io.ByteArrayOutputStream heard = new java.io.ByteArrayOutputStream();
        private int number;

        Attacker(Attack attack, CompletableFuture<String> farewell) {
            this.attack = attack;
            this.farewell = farewell;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
                ByteBuf out = ctx.alloc().buffer();
                out.writeBytes(Frames.preface());
                FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0);
                var _ = ctx.writeAndFlush(out);
                send(ctx);
            }
        }

        private void send(ChannelHandlerContext ctx) {
            ByteBuf out = ctx.alloc().buffer();
            for (int i = 0; i < 50; i++) {
                attack.write(out, number++);
            }
            ctx.writeAndFlush(out)
                    .addListener(
                            written -> {
                                if (written.isSuccess()) {
                                    ctx.executor().execute(() -> send(ctx));
                                }
                            });
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
            ByteBuf in = (ByteBuf) message;
            in.readBytes(heard, in.readableBytes());
            in.release();
            String said = goAway(heard.toByteArray());
            if (said != null) {
                farewell.complete(said);
            }
        }

        private static @Nullable String goAway(byte[] frames) {
            int at = 0;
            while (frames.length - at >= 9) {
                int length =
                        (frames[at] & 0xff) << 16
                                | (frames[at + 1] & 0xff) << 8
                                | (frames[at + 2] & 0xff);
                if (frames.length - at < 9 + length) {
                    return null;
                }
                if (frames[at + 3] == Frames.GOAWAY) {
                    return ErrorCode.name(frames[at + 16] & 0xff);
                }
                at += 9 + length;
            }
            return null;
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            farewell.complete("closed without a word");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
