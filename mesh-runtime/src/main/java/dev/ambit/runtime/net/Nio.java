package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own sockets: for development where there is no Linux. It knows no marks, no foreign
 * addresses and no original destinations.
 */
public final class Nio implements Transport {

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public ServerSocketChannel newServerSocket() {
        return new NioServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        return new NioSocketChannel();
    }

    @Override
    public DatagramChannel newDatagram() {
        return new NioDatagramChannel();
    }

    @Override
    public void setMark(Channel channel, int mark) {
        throw unsupported("SO_MARK");
    }

    @Override
    public void setTransparent(Channel channel) {
        throw unsupported("IP_TRANSPARENT");
    }

    @Override
    public void setFreebind(Channel channel) {
        throw unsupported("IP_FREEBIND");
    }

    @Override
    public void setUserTimeout(Channel channel, Duration timeout) {
        throw unsupported("TCP_USER_TIMEOUT");
    }

    @Override
    public void setKeepalive(Channel channel, Keepalive keepalive) {
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, keepalive.enabled());
        if (keepalive.enabled()) {
            set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, (int) keepalive.time().toSeconds());
            set(
                    channel,
                    ExtendedSocketOptions.TCP_KEEPINTERVAL,
                    (int) keepalive.interval().toSeconds());
            set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, keepalive.retries());
        }
    }

    private static void set(Channel channel, java.net.SocketOption<Integer> option, int value) {
        channel.config().setOption(NioChannelOption.of(option), value);
    }

    @Override
    public void setReusePort(Channel channel) {
        channel.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    }

    @Override
    public @Nullable InetSocketAddress originalDestination(Channel channel) {
        return null;
    }

    private static UnsupportedOperationException unsupported(String option) {
        return new UnsupportedOperationException(
                option + " with AMBIT_TRANSPORT=nio (expected: io_uring or epoll)");
    }
}
