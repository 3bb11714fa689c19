package dev.ambit.ztunnel.socket;

import dev.ambit.runtime.log.Log;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the connections of one listener and keeps each on the listener's own loop, so that nothing
 * of a connection ever changes threads. Sits in the listener's pipeline.
 */
public final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Log LOG = Log.get("proxy::accept");

    /**
     * After a failed accept, for example without free descriptors, the listener rests this long.
     */
    private static final long REST_MILLIS = 100;

    private final String component;
    private final Consumer<SocketChannel> prepare;
    private final Consumer<SocketChannel> accepted;

    /**
     * @param component for logs
     * @param prepare sets up a channel before it is registered
     * @param accepted takes over a registered channel, on the loop
     */
    public Acceptor(
            String component, Consumer<SocketChannel> prepare, Consumer<SocketChannel> accepted) {
        this.component = component;
        this.prepare = prepare;
        this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SocketChannel child = (SocketChannel) message;
        try {
            prepare.accept(child);
        } catch (RuntimeException failed) {
            LOG.warn("accepted connection not usable", "component", component, "error", failed);
            child.unsafe().closeForcibly();
            return;
        }
        ctx.channel()
                .eventLoop()
                .register(child)
                .addListener(
                        registered -> {
                            if (registered.isSuccess()) {
                                accepted.accept(child);
                            } else {
                                child.unsafe().closeForcibly();
                            }
                        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.error("accept failed, resting", "component", component, "error", cause);
        ctx.channel().config().setOption(ChannelOption.AUTO_READ, false);
        ctx.channel()
                .eventLoop()
                .schedule(
                        () -> ctx.channel().config().setOption(ChannelOption.AUTO_READ, true),
                        REST_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
