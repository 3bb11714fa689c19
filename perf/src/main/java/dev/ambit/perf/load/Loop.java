package dev.ambit.perf.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one thread of a load program. Always epoll, whatever the proxies use: the load must be the
 * same for all, and its timers are exact to some microseconds.
 */
final class Loop implements AutoCloseable {

    static final int READ_BYTES = 256 << 10;

    private static final int BACKLOG = 4096;
    private static final WriteBufferWaterMark WATER =
            new WriteBufferWaterMark(256 << 10, 512 << 10);

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    EventLoop thread() {
        return group.next();
    }

    /** A client whose connections each get a handler of their own. */
    Bootstrap client(Supplier<ChannelHandler> handlers) {
        return new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
                .handler(initializer(handlers));
    }

    /** The same, with reads as large as bulk data wants them. */
    Bootstrap bulkClient(Supplier<ChannelHandler> handlers) {
        return client(handlers)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES));
    }

    /** Listens on all addresses; the port, which is a free one if 0 was asked for. */
    int listen(int port, int readBytes, Supplier<ChannelHandler> handlers) {
        return ((InetSocketAddress)
                        new ServerBootstrap()
                                .group(group)
                                .channel(EpollServerSocketChannel.class)
                                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                                .childOption(ChannelOption.TCP_NODELAY, true)
                                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
                                .childOption(
                                        ChannelOption.RECVBUF_ALLOCATOR,
                                        new FixedRecvByteBufAllocator(readBytes))
                                .childHandler(initializer(handlers))
                                .bind(port)
                                .syncUninterruptibly()
                                .channel()
                                .localAddress())
                .getPort();
    }

    private static ChannelInitializer<SocketChannel> initializer(
            Supplier<ChannelHandler> handlers) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel ch) {
                ch.pipeline().addLast(handlers.get());
            }
        };
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
}
