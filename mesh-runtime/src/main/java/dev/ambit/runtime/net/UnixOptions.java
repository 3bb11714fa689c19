package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
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

    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, 36);
    private static final IntegerUnixChannelOption REUSE_PORT =
            new IntegerUnixChannelOption("SO_REUSEPORT", SOL_SOCKET, 15);
    private static final IntegerUnixChannelOption TRANSPARENT =
            new IntegerUnixChannelOption("IP_TRANSPARENT", SOL_IP, 19);
    private static final IntegerUnixChannelOption FREEBIND =
            new IntegerUnixChannelOption("IP_FREEBIND", SOL_IP, 15);
    private static final IntegerUnixChannelOption KEEP_IDLE =
            new IntegerUnixChannelOption("TCP_KEEPIDLE", IPPROTO_TCP, 4);
    private static final IntegerUnixChannelOption KEEP_INTERVAL =
            new IntegerUnixChannelOption("TCP_KEEPINTVL", IPPROTO_TCP, 5);
    private static final IntegerUnixChannelOption KEEP_COUNT =
            new IntegerUnixChannelOption("TCP_KEEPCNT", IPPROTO_TCP, 6);
    private static final IntegerUnixChannelOption USER_TIMEOUT =
            new IntegerUnixChannelOption("TCP_USER_TIMEOUT", IPPROTO_TCP, 18);

    /** struct sockaddr_in and sockaddr_in6. */
    private static final RawUnixChannelOption ORIGINAL_DST =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, 80, 16);

    private static final RawUnixChannelOption ORIGINAL_DST_6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, 80, 28);

    private UnixOptions() {}

    static void mark(Channel channel, int mark) {
        set(channel, MARK, mark);
    }

    /**
     * One bit of the socket serves both families, so the IPv4 option is enough for dual sockets.
     */
    static void transparent(Channel channel) {
        set(channel, TRANSPARENT, 1);
    }

    static void freebind(Channel channel) {
        set(channel, FREEBIND, 1);
    }

    static void reusePort(Channel channel) {
        set(channel, REUSE_PORT, 1);
    }

    static void userTimeout(Channel channel, Duration timeout) {
        set(channel, USER_TIMEOUT, Math.toIntExact(timeout.toMillis()));
    }

    static void keepalive(Channel channel, Keepalive keepalive) {
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, keepalive.enabled());
        if (keepalive.enabled()) {
            set(channel, KEEP_IDLE, Math.toIntExact(keepalive.time().toSeconds()));
            set(channel, KEEP_INTERVAL, Math.toIntExact(keepalive.interval().toSeconds()));
            set(channel, KEEP_COUNT, keepalive.retries());
        }
    }

    private static void set(Channel channel, ChannelOption<Integer> option, int value) {
        if (!channel.config().setOption(option, value)) {
            throw new UnsupportedOperationException(option.name() + " on " + channel.getClass());
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
