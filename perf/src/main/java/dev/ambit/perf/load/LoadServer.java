package dev.ambit.perf.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * The far end of every load: HTTP on one port, bulk data on another. Runs until it is ended.
 *
 * <p>A bulk connection begins with one byte: {@code u} and the client sends {@link Blocks}, to be
 * answered with their bytes as a long; {@code d} and the server sends until the client writes any
 * byte, then ends with the last block.
 */
final class LoadServer {

    static final byte UPLOAD = 'u';
    static final byte DOWNLOAD = 'd';

    private static final int HTTP_READ_BYTES = 2048;

    private LoadServer() {}

    static String serve(Loop loop, Settings settings) throws InterruptedException {
        start(loop, settings);
        System.out.println("{\"serving\": true}");
        loop.thread().terminationFuture().await();
        return "{\"serving\": false}";
    }

    /** Where it listens. */
    record Ports(int http, int bulk) {}

    static Ports start(Loop loop, Settings settings) {
        return new Ports(
                loop.listen(settings.number("http"), HTTP_READ_BYTES, Http::new),
                loop.listen(settings.number("bulk"), Loop.READ_BYTES, BulkPeer::new));
    }

    /** Answers every request alike; one for {@link HttpText#CLOSING} is its connection's last. */
    private static final class Http extends ChannelInboundHandlerAdapter {
        private static final ByteBuf ANSWER =
                Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer()
                                .writeBytes(HttpText.ANSWER.getBytes(StandardCharsets.US_ASCII)));

        private final HttpText.RequestScanner scanner = new HttpText.RequestScanner();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            int requests = scanner.take(in);
            in.release();
            for (int i = 0; i < requests; i++) {
                ctx.write(ANSWER.duplicate());
            }
            if (requests > 0) {
                ctx.flush();
                if (scanner.closing()) {
                    ctx.close();
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final class BulkPeer extends ChannelInboundHandlerAdapter {
        private final Blocks.Counter counter = new Blocks.Counter();
        private byte direction;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (direction == 0) {
                    direction = in.readByte();
                    if (direction == DOWNLOAD) {
                        Blocks.fill(ctx.channel());
                    }
                }
                if (in.isReadable()) {
                    data(ctx, in);
                }
            } finally {
                in.release();
            }
        }

        private void data(ChannelHandlerContext ctx, ByteBuf in) {
            if (direction == DOWNLOAD) {
                direction = LoadServer.UPLOAD;
                Blocks.end(ctx.channel());
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else if (counter.take(in)) {
                ctx.writeAndFlush(ctx.alloc().buffer(Long.BYTES).writeLong(counter.bytes()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (direction == DOWNLOAD) {
                Blocks.fill(ctx.channel());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
