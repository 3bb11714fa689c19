package dev.ambit.client.channel;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;

/**
 * Closes sockets whose connect failed. gRPC leaves that to the transport: epoll and NIO do it, on
 * io_uring the socket would stay, one for each attempt while istiod is away.
 */
@ChannelHandler.Sharable
final class FailedConnects extends ChannelOutboundHandlerAdapter {

    static final FailedConnects CLOSED = new FailedConnects();

    private FailedConnects() {}

    @Override
    public void connect(
            ChannelHandlerContext ctx,
            SocketAddress remote,
            SocketAddress local,
            ChannelPromise promise) {
        ctx.connect(remote, local, promise.addListener(ChannelFutureListener.CLOSE_ON_FAILURE));
    }
}
