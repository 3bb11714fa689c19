package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The transport {@code io_uring}. */
public final class IoUring implements Transport {

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public ServerSocketChannel newServerSocket() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public SocketChannel newSocket() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public DatagramChannel newDatagram() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setMark(Channel channel, int mark) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setTransparent(Channel channel) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setFreebind(Channel channel) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setUserTimeout(Channel channel, Duration timeout) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setKeepalive(Channel channel, Keepalive keepalive) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void setReusePort(Channel channel) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable InetSocketAddress originalDestination(Channel channel) {
        throw new UnsupportedOperationException("not built yet");
    }
}
