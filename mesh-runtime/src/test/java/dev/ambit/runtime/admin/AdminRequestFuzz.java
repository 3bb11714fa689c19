package dev.ambit.runtime.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes on an admin connection, through the codec, the query string and the routes: never an
 * exception in the pipeline, never a status of 500, and nothing stays counted as unread.
 */
public final class AdminRequestFuzz {

    private static final int MOST = 8 * 1024;

    private AdminRequestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        AtomicLong unread = new AtomicLong();
        AdminRoutes routes = AdminRoutes.create();
        LoggingRoutes.standard().accept(routes);
        routes.get(
                "/explain",
                request ->
                        AdminResponse.text(
                                request.parameter("src")
                                        .or(() -> request.parameter("dst"))
                                        .or(() -> Optional.of(request.path()))
                                        .orElseThrow()));
        EmbeddedChannel channel = new Remote();
        channel.pipeline()
                .addLast(new RequestDeadline())
                .addLast(new HttpServerCodec(MOST, MOST, MOST))
                .addLast(new HttpObjectAggregator(MOST, true))
                .addLast(new AdminExchange(routes, direct(), unread));
        try {
            channel.writeInbound(Unpooled.copiedBuffer(input));
            channel.runPendingTasks();
            channel.checkException();
            Object out;
            while ((out = channel.readOutbound()) != null) {
                if (out.toString().contains("500 Internal Server Error")) {
                    throw new IllegalStateException("a handler failed: " + out);
                }
                ReferenceCountUtil.release(out);
            }
        } finally {
            channel.finishAndReleaseAll();
        }
        if (unread.get() != 0) {
            throw new IllegalStateException("still counted as unread: " + unread);
        }
    }

    private static final class Remote extends EmbeddedChannel {
        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }
    }

    /** Runs at once, so that a request is answered when its bytes are read. */
    private static ExecutorService direct() {
        return new AbstractExecutorService() {
            @Override
            public void execute(Runnable command) {
                command.run();
            }

            @Override
            public void shutdown() {}

            @Override
            public java.util.List<Runnable> shutdownNow() {
                return java.util.List.of();
            }

            @Override
            public boolean isShutdown() {
                return false;
            }

            @Override
            public boolean isTerminated() {
                return false;
            }

            @Override
            public boolean awaitTermination(long timeout, TimeUnit unit) {
                return true;
            }
        };
    }
}
