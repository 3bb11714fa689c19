package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to a destination by prior knowledge. Requests that come while it connects
 * wait for it; it counts its streams itself so that the peer's limit is never overrun.
 */
final class Http2Connection {

    /** Enough for a fast answer, small enough that many slow clients do not fill the memory. */
    private static final int STREAM_WINDOW = 256 * 1024;

    private static final int CONNECTION_WINDOW = 1024 * 1024;

    private final Http2Pool pool;
    private final PoolKey key;
    private final UpstreamLimits limits;
    private final List<UpstreamListener> waiting = new ArrayList<>();

    private @Nullable Channel channel;
    private @Nullable Future<?> idleTimer;
    private long peerLimit;
    private int streams;
    private boolean retired;
    private boolean used;

    Http2Connection(Http2Pool pool, PoolKey key, UpstreamLimits limits) {
        this.pool = pool;
        this.key = key;
        this.limits = limits;
        this.peerLimit = limits.maxStreamsPerConnection();
    }

    PoolKey key() {
        return key;
    }

    boolean hasRoom() {
        return !retired && streams < Math.min(peerLimit, limits.maxStreamsPerConnection());
    }

    void open(UpstreamListener listener) {
        streams++;
        if (idleTimer != null) {
            idleTimer.cancel(false);
            idleTimer = null;
        }
        if (channel == null) {
            waiting.add(listener);
        } else {
            openStream(channel, listener);
        }
    }

    void connected(Channel opened) {
        channel = opened;
        List<UpstreamListener> ready = List.copyOf(waiting);
        waiting.clear();
        ready.forEach(listener -> openStream(opened, listener));
    }

    void failed(ProxyError error) {
        retire();
        List<UpstreamListener> lost = List.copyOf(waiting);
        waiting.clear();
        lost.forEach(listener -> listener.failed(error));
    }

    private void openStream(Channel parent, UpstreamListener listener) {
        Http2ClientStream stream = new Http2ClientStream(this, listener, used);
        used = true;
        new Http2StreamChannelBootstrap(parent)
                .handler(stream)
                .open()
                .addListener(
                        opened -> {
                            if (opened.isSuccess()) {
                                stream.start();
                            } else {
                                streamClosed();
                                listener.failed(
                                        ProxyError.of(FailureKind.CONNECT_FAILURE, opened.cause()));
                            }
                        });
    }

    /** Called once for each stream that was opened. */
    void streamClosed() {
        streams--;
        if (streams > 0 || channel == null) {
            return;
        }
        if (retired || pool.draining()) {
            channel.close();
        } else {
            Channel open = channel;
            idleTimer =
                    open.eventLoop()
                            .schedule(
                                    () -> open.close(),
                                    limits.idleTimeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    void closeWhenIdle() {
        retire();
        if (streams == 0 && channel != null) {
            channel.close();
        }
    }

    private void retire() {
        if (!retired) {
            retired = true;
            pool.retire(this);
        }
    }

    ChannelHandler initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                Http2FrameCodec codec =
                        Http2FrameCodecBuilder.forClient()
                                .initialSettings(
                                        new Http2Settings()
                                                .pushEnabled(false)
                                                .initialWindowSize(STREAM_WINDOW)
                                                .maxHeaderListSize(limits.maxHeaderBytes()))
                                .validateHeaders(true)
                                .decoderEnforceMaxConsecutiveEmptyDataFrames(10)
                                .decoderEnforceMaxRstFramesPerWindow(200, 30)
                                .encoderEnforceMaxQueuedControlFrames(1000)
                                .build();
                opened.pipeline()
                        .addLast("http", codec)
                        .addLast("streams", new Http2MultiplexHandler(refusesPush()))
                        .addLast("connection", new Watch(codec));
            }
        };
    }

    /** Push is off, so a server never opens a stream; should it, the stream is closed at once. */
    private static ChannelHandler refusesPush() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel pushed) {
                pushed.close();
            }
        };
    }

    /** What concerns the connection as a whole. */
    private final class Watch extends ChannelInboundHandlerAdapter {
        private final Http2FrameCodec codec;

        Watch(Http2FrameCodec codec) {
            this.codec = codec;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) throws Http2Exception {
            growWindow();
            ctx.fireChannelActive();
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
            if (ctx.channel().isActive()) {
                growWindow();
            }
        }

        private void growWindow() throws Http2Exception {
            var flow = codec.connection().local().flowController();
            var root = codec.connection().connectionStream();
            flow.incrementWindowSize(root, CONNECTION_WINDOW - flow.windowSize(root));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2SettingsFrame settings
                    && settings.settings().maxConcurrentStreams() != null) {
                peerLimit = settings.settings().maxConcurrentStreams();
            } else if (frame instanceof Http2GoAwayFrame) {
                closeWhenIdle();
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                // HTTP/2 needs both directions.
                ctx.close();
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            retire();
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
