package dev.ambit.identity.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Real handshakes over a real socket: what each side found. */
final class Loopback implements AutoCloseable {

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private volatile @Nullable Channel accepted;

    /** How one side ended: a session, or the reason there is none. */
    record Side(SSLSession session, Throwable failure, String alpn, String group) {
        boolean succeeded() {
            return failure == null;
        }

        /** Messages of the whole chain of causes. */
        String reason() {
            StringBuilder all = new StringBuilder();
            for (Throwable t = failure; t != null; t = t.getCause()) {
                all.append(t.getMessage()).append('\n');
            }
            return all.toString();
        }
    }

    record Result(Side client, Side server) {}

    Result handshake(SslContext client, SslContext server) throws Exception {
        CompletableFuture<Side> serverSide = new CompletableFuture<>();
        CompletableFuture<Side> clientSide = new CompletableFuture<>();
        Channel listening =
                new ServerBootstrap()
                        .group(loops)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(end(server, serverSide, true))
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        Channel connected =
                new Bootstrap()
                        .group(loops)
                        .channel(NioSocketChannel.class)
                        .handler(end(client, clientSide, false))
                        .connect(listening.localAddress())
                        .sync()
                        .channel();
        try {
            return new Result(
                    clientSide.get(10, TimeUnit.SECONDS), serverSide.get(10, TimeUnit.SECONDS));
        } finally {
            connected.close().sync();
            Channel taken = accepted;
            if (taken != null) {
                taken.close().sync();
            }
            listening.close().sync();
            // A closed channel lets go of its engine in a task after that.
            for (int i = 0; i < 2; i++) {
                loops.submit(() -> {}).sync();
            }
        }
    }

    private ChannelInitializer<Channel> end(
            SslContext context, CompletableFuture<Side> side, boolean serving) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (serving) {
                    accepted = channel;
                }
                SslHandler tls = context.newHandler(channel.alloc());
                channel.pipeline().addLast(tls, new Watch(tls, side));
            }
        };
    }

    private static final class Watch extends ChannelInboundHandlerAdapter {
        private final SslHandler tls;
        private final CompletableFuture<Side> side;

        Watch(SslHandler tls, CompletableFuture<Side> side) {
            this.tls = tls;
            this.side = side;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done) {
                side.complete(
                        new Side(
                                tls.engine().getSession(),
                                done.cause(),
                                tls.applicationProtocol(),
                                done.isSuccess() ? NegotiatedGroup.of(tls.engine()) : ""));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
