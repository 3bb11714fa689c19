package dev.ambit.waypoint;

import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Listens on one address and gives connections to the data loops by turns: a waypoint has few
 * clients, the node proxies, so chance would spread them badly.
 */
final class Acceptor extends ChannelInboundHandlerAdapter implements AutoCloseable {

    private static final Log LOG = Log.get("ingress");
    private static final int BACKLOG = 1024;
    private static final long PAUSE_MILLIS = 100;

    private final EventLoops loops;
    private final ChannelHandler child;
    private final ServerSocketChannel channel;

    private Acceptor(EventLoops loops, ChannelHandler child) {
        this.loops = loops;
        this.child = child;
        this.channel = loops.transport().newServerSocket();
    }

    /** Waits until the port is bound; throws if it cannot be. */
    static Acceptor bind(EventLoops loops, InetSocketAddress address, ChannelHandler child) {
        Acceptor acceptor = new Acceptor(loops, child);
        ServerSocketChannel channel = acceptor.channel;
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setBacklog(BACKLOG);
        channel.pipeline().addLast(acceptor);
        loops.control().register(channel).syncUninterruptibly();
        channel.bind(address).syncUninterruptibly();
        return acceptor;
    }

    InetSocketAddress address() {
        return channel.localAddress();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        accepted.config().setOption(ChannelOption.TCP_NODELAY, true);
        accepted.pipeline().addLast(child);
        loops.nextData()
                .register(accepted)
                .addListener(
                        registered -> {
                            if (!registered.isSuccess()) {
                                accepted.close();
                            }
                        });
    }

    /** Mostly too many open files: a pause lets some be closed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.warn("accept failed", "error", cause);
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
                .schedule(
                        () -> {
                            ctx.channel().config().setAutoRead(true);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** Takes no new connections. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }
}
