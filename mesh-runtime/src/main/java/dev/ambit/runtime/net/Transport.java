package dev.ambit.runtime.net;

import dev.ambit.runtime.config.EnvReader;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kernel interface, chosen once per process: its channel classes and its socket options.
 *
 * <p>A channel's socket is made by {@code newSocket()} and the like on the calling thread, so a
 * socket of a pod is made by {@code netns.call(transport::newSocket)}; register it on a loop
 * afterwards. Options are set on the calling thread at once; what this kernel interface cannot do
 * throws {@link UnsupportedOperationException} naming it, a refusal of the kernel throws {@link
 * io.netty.channel.ChannelException}.
 */
public sealed interface Transport permits Epoll, IoUring, Nio {

    /**
     * {@code AMBIT_TRANSPORT=auto|io_uring|epoll|nio}; a wish that cannot be met is a problem of
     * the reader. With {@code AMBIT_HANDOVER} only epoll will do: Netty's io_uring channels take no
     * descriptor of another process, and an accept under way in the ring cannot be called back.
     */
    static Transport choose(EnvReader env) {
        return Transports.choose(env);
    }

    /** Transports that work on this machine, best first. */
    static List<Transport> available() {
        return Transports.available();
    }

    /** {@code io_uring}, {@code epoll} or {@code nio}. */
    String name();

    IoHandlerFactory ioHandlers();

    ServerSocketChannel newServerSocket();

    SocketChannel newSocket();

    DatagramChannel newDatagram();

    /** Whether descriptors can be taken in from another process: the {@code adopt} methods. */
    default boolean adopts() {
        return false;
    }

    /**
     * A channel for a listening socket of another process; owns the descriptor. Options stay as
     * they are.
     */
    default ServerSocketChannel adoptServerSocket(int fd) {
        throw new UnsupportedOperationException(name() + " cannot adopt descriptors");
    }

    /** A channel for a connected socket of another process; owns the descriptor. */
    default SocketChannel adoptSocket(int fd) {
        throw new UnsupportedOperationException(name() + " cannot adopt descriptors");
    }

    /** A channel for a bound UDP socket of another process; owns the descriptor. */
    default DatagramChannel adoptDatagram(int fd) {
        throw new UnsupportedOperationException(name() + " cannot adopt descriptors");
    }

    /** The descriptor of a channel's socket, which stays the channel's. */
    static int descriptor(Channel channel) {
        if (channel instanceof UnixChannel unix) {
            return unix.fd().intValue();
        }
        throw new UnsupportedOperationException(
                channel.getClass().getSimpleName() + " does not show its descriptor");
    }

    /** SO_MARK; needs CAP_NET_ADMIN. */
    void setMark(Channel channel, int mark);

    /**
     * IP_TRANSPARENT (and IPV6_TRANSPARENT): bind and accept foreign addresses; needs
     * CAP_NET_ADMIN.
     */
    void setTransparent(Channel channel);

    /** IP_FREEBIND: bind an address this host does not have (yet). */
    void setFreebind(Channel channel);

    /** TCP_USER_TIMEOUT. */
    void setUserTimeout(Channel channel, Duration timeout);

    void setKeepalive(Channel channel, Keepalive keepalive);

    /** SO_REUSEPORT: several listeners on one port, one of each process during an upgrade. */
    void setReusePort(Channel channel);

    /**
     * Where a redirected connection meant to go (SO_ORIGINAL_DST, then its IPv6 twin); null if the
     * kernel knows none.
     */
    @Nullable InetSocketAddress originalDestination(Channel channel);
}
