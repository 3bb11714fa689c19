package dev.ambit.hbone.bed;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.runtime.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Listens and connects on loopback. */
public final class Sockets {
    private Sockets() {}

    /** Listens on a free port. */
    public static Channel listen(
            Transport transport,
            EventLoopGroup accept,
            EventLoopGroup children,
            ChannelHandler child) {
        return new ServerBootstrap()
                .group(accept, children)
                .channelFactory(transport::newServerSocket)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(child)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    /** A handler that prepares a socket for a relay, then hands it on. */
    public static ChannelHandler prepared(Consumer<Channel> then) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                Relay.prepare(channel);
                then.accept(channel);
            }
        };
    }

    /** Connects with the handler. */
    public static ChannelFuture connect(
            Transport transport, EventLoop loop, InetSocketAddress to, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(transport::newSocket)
                .handler(handler)
                .connect(to);
    }

    /** Where a listener listens. */
    public static InetSocketAddress address(Channel listener) {
        return (InetSocketAddress) listener.localAddress();
    }
}
