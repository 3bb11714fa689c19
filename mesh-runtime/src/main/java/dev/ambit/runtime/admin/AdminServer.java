package dev.ambit.runtime.admin;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small HTTP/1.1 server for admin, metrics and readiness ports: unknown path 404, wrong method
 * 405, a handler that throws 500 with its text; headers within 2 s and 8 KiB, answers taken within
 * 10 s and 64 MiB in all. Connections live on the control loop, handlers on virtual threads.
 */
public final class AdminServer implements AutoCloseable {

    private static final int HEADER_BYTES = 8 * 1024;

    /** Nothing an admin port takes is longer; a log filter is the longest. */
    private static final int BODY_BYTES = 64 * 1024;

    /** Scrapers and probes use a handful; the rest would be somebody holding them open. */
    private static final int CONNECTIONS = 256;

    private final EventLoops loops;
    private final AdminRoutes routes;
    private final ChannelGroup listeners;
    private final ChannelGroup connections;

    /** Bytes of answers that clients have not taken yet. Added to by every connection. */
    private final AtomicLong unread = new AtomicLong();

    private AdminServer(EventLoops loops, AdminRoutes routes) {
        this.loops = loops;
        this.routes = routes;
        this.listeners = new DefaultChannelGroup(loops.control());
        this.connections = new DefaultChannelGroup(loops.control());
    }

    /**
     * Binds all addresses or none; port 0 takes a free one (the same for all addresses). Blocks
     * until bound, so never call it on the control loop.
     *
     * @throws UncheckedIOException naming the address that could not be bound
     */
    public static AdminServer bind(
            EventLoops loops, AdminRoutes routes, SocketAddress... addresses) {
        AdminServer server = new AdminServer(loops, routes);
        int port = 0;
        for (SocketAddress address : addresses) {
            InetSocketAddress wanted = (InetSocketAddress) address;
            InetSocketAddress exact =
                    wanted.getPort() == 0 && port != 0
                            ? new InetSocketAddress(wanted.getAddress(), port)
                            : wanted;
            try {
                port = server.listen(exact);
            } catch (UncheckedIOException e) {
                server.close();
                throw e;
            }
        }
        return server;
    }

    /**
     * Answers on listening sockets of another process, which it owns from here; not before {@link
     * #resume()}.
     */
    public static AdminServer adopt(EventLoops loops, AdminRoutes routes, List<Integer> listening) {
        AdminServer server = new AdminServer(loops, routes);
        for (int fd : listening) {
            ChannelFuture registered =
                    server.bootstrap(() -> loops.transport().adoptServerSocket(fd))
                            .option(ChannelOption.AUTO_READ, false)
                            .register()
                            .awaitUninterruptibly();
            Throwable cause = registered.cause();
            if (cause != null) {
                server.close();
                throw new UncheckedIOException(
                        new java.io.IOException(
                                "cannot adopt a listening socket: " + cause.getMessage(), cause));
            }
            server.listeners.add(registered.channel());
        }
        return server;
    }

    /** The listening sockets, to be given to another process; they stay ours too. */
    public List<Integer> descriptors() {
        return listeners.stream().map(Transport::descriptor).toList();
    }

    /** Accepts no more; connections then wait for {@link #resume()} or for another process. */
    public void pause() {
        listeners.forEach(listener -> listener.config().setAutoRead(false));
    }

    /** Accepts again. */
    public void resume() {
        listeners.forEach(listener -> listener.config().setAutoRead(true));
    }

    /** Lets go of the listening sockets; what is being answered goes on. */
    public void closeListeners() {
        listeners.close().awaitUninterruptibly();
    }

    private ServerBootstrap bootstrap(ChannelFactory<? extends ServerChannel> sockets) {
        return new ServerBootstrap()
                .group(loops.control(), loops.control())
                .channelFactory(sockets)
                .childHandler(new Pipeline());
    }

    private int listen(InetSocketAddress address) {
        ChannelFuture bound =
                bootstrap(() -> loops.transport().newServerSocket())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .bind(address)
                        .awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new UncheckedIOException(
                    new java.io.IOException(
                            "cannot listen on " + address + ": " + cause.getMessage(), cause));
        }
        listeners.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** The port of the first address. */
    public int port() {
        return ((InetSocketAddress) addresses().getFirst()).getPort();
    }

    public List<SocketAddress> addresses() {
        return listeners.stream().map(Channel::localAddress).toList();
    }

    /** Stops listening and closes what is open. Blocks, so never call it on the control loop. */
    @Override
    public void close() {
        listeners.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }

    /** The only place where an admin connection is assembled. */
    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            if (connections.size() >= CONNECTIONS) {
                channel.close();
                return;
            }
            connections.add(channel);
            channel.pipeline()
                    .addLast(new RequestDeadline())
                    .addLast(new HttpServerCodec(HEADER_BYTES, HEADER_BYTES, HEADER_BYTES))
                    .addLast(new HttpObjectAggregator(BODY_BYTES, true))
                    .addLast(new AdminExchange(routes, loops.blocking(), unread));
        }
    }
}
