package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection for every request, closed by the server; so many at a time. */
final class NewConnections {

    private static final ByteBuf REQUEST =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(HttpText.CLOSING.getBytes(StandardCharsets.US_ASCII)));

    private final Settings settings;
    private final Bootstrap client;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private final Latencies latencies = new Latencies();
    private final long startNanos = System.nanoTime();
    private final long endNanos;
    private int open;
    private long failed;

    private NewConnections(Loop loop, Settings settings) {
        this.settings = settings;
        this.client = loop.client(One::new);
        this.endNanos = startNanos + TimeUnit.SECONDS.toNanos(settings.number("secs"));
    }

    static String run(Loop loop, Settings settings) {
        NewConnections load = new NewConnections(loop, settings);
        loop.thread()
                .execute(
                        () -> {
                            for (int i = 0; i < settings.number("connections"); i++) {
                                load.next();
                            }
                        });
        return load.result.join();
    }

    private void next() {
        if (System.nanoTime() < endNanos) {
            open++;
            client.connect(settings.target())
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    failed++;
                                    over();
                                }
                            });
        } else if (open == 0) {
            result.complete(
                    String.format(
                            Locale.ROOT,
                            "{\"connections\": %d, \"failed\": %d, \"seconds\": %.4f, %s,"
                                    + " \"load_cpu_s\": %.2f}",
                            latencies.count(),
                            failed,
                            (System.nanoTime() - startNanos) / 1e9,
                            latencies.json(""),
                            OwnCpu.seconds()));
        }
    }

    private void over() {
        open--;
        next();
    }

    private final class One extends ChannelInboundHandlerAdapter {
        private final long began = System.nanoTime();
        private int received;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(REQUEST.duplicate(), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            received += in.readableBytes();
            in.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (received == HttpText.ANSWER_BYTES) {
                latencies.add(System.nanoTime() - began);
            } else {
                failed++;
            }
            over();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
