package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Bulk data over some connections for some seconds, to the server or (direction=down) from it. What
 * counts is what the receiver got, until its last byte.
 */
final class Bulk {

    private final Loop loop;
    private final Settings settings;
    private final boolean down;
    private final int streams;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private long startNanos;
    private long bytes;
    private int ended;
    private int connected;

    private Bulk(Loop loop, Settings settings) {
        this.loop = loop;
        this.settings = settings;
        this.down = settings.text("direction").equals("down");
        this.streams = settings.number("streams");
    }

    static String run(Loop loop, Settings settings) {
        Bulk bulk = new Bulk(loop, settings);
        Bootstrap client = bulk.loop.bulkClient(() -> bulk.new Stream());
        for (int i = 0; i < bulk.streams; i++) {
            client.connect(settings.target())
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    bulk.result.completeExceptionally(done.cause());
                                }
                            });
        }
        return bulk.result.join();
    }

    private void connected() {
        if (connected++ == 0) {
            startNanos = System.nanoTime();
        }
    }

    private void ended(long received, boolean whole) {
        bytes += received;
        ended++;
        if (!whole) {
            result.completeExceptionally(new IllegalStateException("a stream was cut"));
        } else if (ended == streams) {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            result.complete(
                    String.format(
                            Locale.ROOT,
                            "{\"bytes\": %d, \"seconds\": %.4f, \"load_cpu_s\": %.2f}",
                            bytes,
                            seconds,
                            OwnCpu.seconds()));
        }
    }

    /** One connection, either way. */
    private final class Stream extends ChannelInboundHandlerAdapter {
        private final Blocks.Counter counter = new Blocks.Counter();
        private boolean sending;
        private boolean over;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            connected();
            byte direction = down ? LoadServer.DOWNLOAD : LoadServer.UPLOAD;
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {direction}));
            ctx.executor().schedule(() -> stop(ctx), settings.number("secs"), TimeUnit.SECONDS);
            sending = !down;
            fill(ctx);
        }

        private void fill(ChannelHandlerContext ctx) {
            if (sending) {
                Blocks.fill(ctx.channel());
            }
        }

        private void stop(ChannelHandlerContext ctx) {
            sending = false;
            if (down) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'.'}));
            } else {
                Blocks.end(ctx.channel());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (down) {
                if (counter.take(in)) {
                    over = true;
                    ended(counter.bytes(), true);
                }
            } else if (in.readableBytes() == Long.BYTES) {
                over = true;
                ended(in.readLong(), true);
            }
            in.release();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            fill(ctx);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!over) {
                over = true;
                ended(0, false);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
