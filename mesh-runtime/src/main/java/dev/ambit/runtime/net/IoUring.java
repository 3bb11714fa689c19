package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Linux io_uring through Netty's native transport: the cheapest for many small messages. */
public final class IoUring implements Transport {

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return ForwardingHandler.factory(IoUringIoHandler.newFactory(), IoUringLoop::new);
    }

    @Override
    public ServerSocketChannel newServerSocket() {
        return new IoUringServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        return new IoUringSocketChannel();
    }

    @Override
    public DatagramChannel newDatagram() {
        return new IoUringDatagramChannel();
    }

    @Override
    public void setMark(Channel channel, int mark) {
        UnixOptions.mark(channel, mark);
    }

    @Override
    public void setTransparent(Channel channel) {
        UnixOptions.transparent(channel);
    }

    @Override
    public void setFreebind(Channel channel) {
        UnixOptions.freebind(channel);
    }

    @Override
    public void setUserTimeout(Channel channel, Duration timeout) {
        UnixOptions.userTimeout(channel, timeout);
    }

    @Override
    public void setKeepalive(Channel channel, Keepalive keepalive) {
        UnixOptions.keepalive(channel, keepalive);
    }

    @Override
    public void setReusePort(Channel channel) {
        UnixOptions.reusePort(channel);
    }

    @Override
    public @Nullable InetSocketAddress originalDestination(Channel channel) {
        return UnixOptions.originalDestination(channel);
    }
}
