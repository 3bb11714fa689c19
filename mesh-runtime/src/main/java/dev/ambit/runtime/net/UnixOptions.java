package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Socket options of Linux by number, the same for epoll and io_uring: Netty's native part calls
 * setsockopt for both. Numbers are those of x86-64 and aarch64.
 */
final class UnixOptions {

    private static final int SOL_SOCKET = 1;
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int IPPROTO_TCP = 6;

    private static final int SO_REUSEPORT = 15;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_MARK = 36;
    private static final int IP_FREEBIND = 15;
    private static final int IP_TRANSPARENT = 19;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;

    /** struct sockaddr_in and sockaddr_in6. */
    private static final RawUnixChannelOption ORIGINAL_DST =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, 80, 16);

    private static final RawUnixChannelOption ORIGINAL_DST_6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, 80, 28);

    private UnixOptions() {}

    static void mark(Channel channel, int mark) {
        set(channel, SOL_SOCKET, SO_MARK, mark);
    }

    /**
     * One bit of the socket serves both families, so the IPv4 option is enough for dual sockets.
     */
    static void transparent(Channel channel) {
        set(channel, SOL_IP, IP_TRANSPARENT, 1);
    }

    static void freebind(Channel channel) {
        set(channel, SOL_IP, IP_FREEBIND, 1);
    }

    static void reusePort(Channel channel) {
        set(channel, SOL_SOCKET, SO_REUSEPORT, 1);
    }

    static void userTimeout(Channel channel, Duration timeout) {
        set(channel, IPPROTO_TCP, TCP_USER_TIMEOUT, Math.toIntExact(timeout.toMillis()));
    }

    static void keepalive(Channel channel, Keepalive keepalive) {
        set(channel, SOL_SOCKET, SO_KEEPALIVE, keepalive.enabled() ? 1 : 0);
        if (keepalive.enabled()) {
            set(channel, IPPROTO_TCP, TCP_KEEPIDLE, Math.toIntExact(keepalive.time().toSeconds()));
            set(
                    channel,
                    IPPROTO_TCP,
                    TCP_KEEPINTVL,
                    Math.toIntExact(keepalive.interval().toSeconds()));
            set(channel, IPPROTO_TCP, TCP_KEEPCNT, keepalive.retries());
        }
    }

    /** The kernel directly: by way of a channel's options each costs a walk along all there are. */
    private static void set(Channel channel, int level, int option, int value) {
        if (!(channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket)) {
            throw new UnsupportedOperationException(
                    "socket option " + option + " on " + channel.getClass());
        }
        try {
            socket.setIntOpt(level, option, value);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /**
     * Asks the table that fits the family of the local address; a connection has one of the two.
     */
    static @Nullable InetSocketAddress originalDestination(Channel channel) {
        boolean six =
                channel.localAddress() instanceof InetSocketAddress local
                        && local.getAddress() instanceof Inet6Address;
        ByteBuffer address;
        try {
            address = channel.config().getOption(six ? ORIGINAL_DST_6 : ORIGINAL_DST);
        } catch (ChannelException e) {
            // ENOENT or ENOPROTOOPT: never redirected, or nobody tracks connections here.
            return null;
        }
        return address == null ? null : parse(address.order(ByteOrder.BIG_ENDIAN), six);
    }

    private static @Nullable InetSocketAddress parse(ByteBuffer sockaddr, boolean six) {
        byte[] ip = new byte[six ? 16 : 4];
        int port = Short.toUnsignedInt(sockaddr.getShort(2));
        sockaddr.get(six ? 8 : 4, ip);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
