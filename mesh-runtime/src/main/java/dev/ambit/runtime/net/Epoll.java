package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Linux epoll through Netty's native transport. */
public final class Epoll implements Transport {

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return ForwardingHandler.factory(EpollIoHandler.newFactory(), EpollLoop::new);
    }

    @Override
    public ServerSocketChannel newServerSocket() {
        return new EpollServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        return new EpollSocketChannel();
    }

    @Override
    public DatagramChannel newDatagram() {
        return new EpollDatagramChannel();
    }

    @Override
    public boolean adopts() {
        return true;
    }

    @Override
    public ServerSocketChannel adoptServerSocket(int fd) {
        return new EpollServerSocketChannel(fd);
    }

    @Override
    public SocketChannel adoptSocket(int fd) {
        return new EpollSocketChannel(fd);
    }

    @Override
    public DatagramChannel adoptDatagram(int fd) {
        return new EpollDatagramChannel(fd);
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
