package dev.ambit.waypoint.ingress;

import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.LoopContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection by prior knowledge: Netty's codec with every limit set, since few of
 * them are on by default, and what concerns the connection as a whole.
 */
final class Http2Server extends ChannelInboundHandlerAdapter implements Drainable {

    /** Room for a stream's body; a slow destination fills it and the client waits. */
    private static final int STREAM_WINDOW = 256 * 1024;

    private static final int CONNECTION_WINDOW = 1024 * 1024;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final IngressLimits limits;
    private final Http2FrameCodec codec;

    private @Nullable ChannelHandlerContext channel;
    private long second;
    private int pings;
    private int settings;
    private boolean draining;

    private Http2Server(IngressLimits limits, Http2FrameCodec codec) {
        this.limits = limits;
        this.codec = codec;
    }

    /** Adds HTTP/2 to the end of a client's pipeline. */
    static Drainable install(
            ChannelPipeline pipeline,
            LoopContext context,
            ClientConnection client,
            IngressLimits limits) {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(
                                new Http2Settings()
                                        .maxConcurrentStreams(limits.streams())
                                        .maxHeaderListSize(limits.headerBytes())
                                        .initialWindowSize(STREAM_WINDOW))
                        .validateHeaders(true)
                        .decoderEnforceMaxConsecutiveEmptyDataFrames(10)
                        .decoderEnforceMaxRstFramesPerWindow(200, 30)
                        .encoderEnforceMaxRstFramesPerWindow(200, 30)
                        .encoderEnforceMaxQueuedControlFrames(1000)
                        .build();
        Http2Server server = new Http2Server(limits, codec);
        pipeline.addLast("http", codec)
                .addLast(
                        "streams",
                        new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline()
                                                .addLast(
                                                        new Http2ServerStream(
                                                                context, client, limits));
                                    }
                                }))
                .addLast("connection", server);
        return server;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
        channel = ctx;
        var flow = codec.connection().local().flowController();
        var root = codec.connection().connectionStream();
        if (ctx.channel().isActive()) {
            flow.incrementWindowSize(root, CONNECTION_WINDOW - flow.windowSize(root));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        long now = System.nanoTime();
        if (now - second > SECOND_NANOS) {
            second = now;
            pings = 0;
            settings = 0;
        }
        if (frame instanceof Http2PingFrame ping && !ping.ack()) {
            pings++;
        } else if (frame instanceof Http2SettingsFrame) {
            settings++;
        }
        ReferenceCountUtil.release(frame);
        int limit = limits.controlFramesPerSecond();
        if (pings > limit || settings > limit) {
            leave(ctx, Http2Error.ENHANCE_YOUR_CALM);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        closeIfDrained(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // HTTP/2 needs both directions.
            ctx.close();
        } else if (event instanceof IdleStateEvent) {
            drain();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private static void leave(ChannelHandlerContext ctx, Http2Error code) {
        DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(code);
        frame.setExtraStreamIds(Integer.MAX_VALUE);
        ctx.writeAndFlush(frame);
    }

    @Override
    public void drain() {
        ChannelHandlerContext ctx = channel;
        if (ctx != null && !draining) {
            draining = true;
            leave(ctx, Http2Error.NO_ERROR);
            closeIfDrained(ctx);
        }
    }

    private void closeIfDrained(ChannelHandlerContext ctx) {
        if (draining && codec.connection().numActiveStreams() == 0) {
            ctx.close();
        }
    }
}
