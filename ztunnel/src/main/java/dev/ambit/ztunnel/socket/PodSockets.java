package dev.ambit.ztunnel.socket;

import dev.ambit.api.IpAddress;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.net.Keepalive;
import dev.ambit.runtime.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of one pod. A socket belongs to the network namespace it is made in, so only
 * the making enters it; the calling thread is a loop's, a platform thread. Thread-safe.
 */
public final class PodSockets implements AutoCloseable {

    /** Connections the kernel keeps for us until we accept them. */
    private static final int BACKLOG = 1024;

    /** Of the network namespace of the reading thread. */
    private static final Path LOOPBACK6_OFF = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

    /** Addresses remembered of a pod. */
    private static final int MOST_ADDRESSES = 16;

    private final Set<InetAddress> own = ConcurrentHashMap.newKeySet();
    private final @Nullable Netns netns;
    private final Transport transport;
    private final SocketConfig config;
    private final boolean portReuse;

    /**
     * @param netns the pod's, owned from here; null for our own
     */
    public PodSockets(
            @Nullable Netns netns, Transport transport, SocketConfig config, boolean portReuse) {
        this.netns = netns;
        this.transport = transport;
        this.config = config;
        this.portReuse = portReuse;
    }

    /** The options these sockets have. */
    public SocketConfig config() {
        return config;
    }

    /** The namespace's descriptor and inode, which stay ours; null for our own. */
    public @Nullable Netns netns() {
        return netns;
    }

    /** The kernel interface of these sockets. */
    public Transport transport() {
        return transport;
    }

    /** Where redirected connections meant to go. */
    public OriginalDestination originalDestination() {
        return OriginalDestination.kernel(transport);
    }

    /**
     * A listening socket with its options, not yet registered or bound. Keepalive and the mark pass
     * on to what it accepts.
     *
     * @param transparent accept and answer for foreign addresses
     */
    public ServerSocketChannel newListener(boolean transparent) {
        ServerSocketChannel listener = inNamespace(transport::newServerSocket);
        return configured(
                listener,
                made -> {
                    made.config().setOption(ChannelOption.SO_REUSEADDR, true);
                    made.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
                    if (portReuse) {
                        transport.setReusePort(made);
                    }
                    if (transparent) {
                        transport.setTransparent(made);
                    }
                    common(made);
                });
    }

    /**
     * Whether applications can be shown their clients' addresses: configured, or tried if nothing
     * is configured. Throws {@link ChannelException} if it is demanded and does not work.
     */
    public boolean canPreserveSource() {
        if (Boolean.FALSE.equals(config.originalSource())) {
            return false;
        }
        try {
            newListener(true).unsafe().closeForcibly();
            return true;
        } catch (ChannelException | UnsupportedOperationException refused) {
            if (Boolean.TRUE.equals(config.originalSource())) {
                throw refused;
            }
            return false;
        }
    }

    /**
     * A socket that takes datagrams, with its options, not yet registered or bound.
     *
     * @param maxBytes of one datagram
     */
    public DatagramChannel newDatagramListener(int maxBytes) {
        return datagrams(
                maxBytes,
                made -> {
                    if (portReuse) {
                        transport.setReusePort(made);
                    }
                });
    }

    /** The same of another process, bound already; owns the descriptor. */
    public DatagramChannel adoptDatagramListener(int descriptor, int maxBytes) {
        return configured(
                transport.adoptDatagram(descriptor),
                made ->
                        made.config()
                                .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(maxBytes)));
    }

    private DatagramChannel datagrams(int maxBytes, Consumer<DatagramChannel> options) {
        DatagramChannel socket = inNamespace(transport::newDatagram);
        return configured(
                socket,
                made -> {
                    made.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(maxBytes));
                    if (config.packetMark() != null) {
                        transport.setMark(made, config.packetMark());
                    }
                    options.accept(made);
                });
    }

    /**
     * A socket of the pod that exchanges datagrams with one address only, from a port chosen at
     * random.
     *
     * @param prepare sets up the channel before it is registered
     * @throws RuntimeException if there is no socket to be had
     */
    public ChannelFuture connectDatagram(
            EventLoop loop,
            InetSocketAddress target,
            int maxBytes,
            Consumer<DatagramChannel> prepare) {
        DatagramChannel socket = datagrams(maxBytes, prepare);
        ChannelPromise connected = new DefaultChannelPromise(socket, loop);
        InetAddress own = config.ownAddress();
        loop.register(socket)
                .addListener(
                        registered -> {
                            if (!registered.isSuccess()) {
                                connected.setFailure(registered.cause());
                            } else if (own == null) {
                                socket.connect(target, connected);
                            } else {
                                socket.connect(target, new InetSocketAddress(own, 0), connected);
                            }
                        });
        return connected;
    }

    /** What tells the pod's network namespace from others; null for our own. */
    public @Nullable Long namespace() {
        return netns == null ? null : netns.inode();
    }

    /**
     * Whether the pod has that address, which is what may be bound there. What it had once it is
     * taken to keep.
     */
    public boolean owns(InetAddress address) {
        if (own.contains(address)) {
            return true;
        }
        boolean owned;
        try {
            owned = inNamespace(() -> binds(address));
        } catch (IllegalStateException | SystemCallException gone) {
            // The pod is: it has no address any more.
            return false;
        }
        if (owned && own.size() < MOST_ADDRESSES) {
            own.add(address);
        }
        return owned;
    }

    private static boolean binds(InetAddress address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.isBound();
        } catch (SocketException notHere) {
            return false;
        }
    }

    /** Whether ::1 exists in the pod. */
    public boolean hasLoopback6() {
        return inNamespace(
                () -> {
                    try {
                        return Files.readString(LOOPBACK6_OFF).strip().equals("0");
                    } catch (IOException noIpv6) {
                        return false;
                    }
                });
    }

    /** Binds a listener made here to all addresses of the pod. */
    public ChannelFuture listen(EventLoop loop, ServerSocketChannel listener, int port) {
        return bind(loop, listener, new InetSocketAddress(listenAddress(), port));
    }

    /** Binds a socket made here to one address. */
    public ChannelFuture bind(EventLoop loop, Channel listener, InetSocketAddress address) {
        ChannelPromise bound = new DefaultChannelPromise(listener, loop);
        loop.register(listener)
                .addListener(
                        registered -> {
                            if (registered.isSuccess()) {
                                listener.bind(address, bound);
                            } else {
                                bound.setFailure(registered.cause());
                            }
                        });
        return bound;
    }

    /**
     * Connects from the pod.
     *
     * @param source the address to appear as, which need not be the pod's own; null: its own
     * @param prepare sets up the channel before it is registered
     * @throws RuntimeException if there is no socket to be had, for want of descriptors or of the
     *     namespace
     */
    public ChannelFuture connect(
            EventLoop loop,
            InetSocketAddress target,
            @Nullable InetAddress source,
            Consumer<SocketChannel> prepare) {
        SocketChannel socket = newSocket(source != null);
        InetAddress from = source == null ? config.ownAddress() : source;
        prepare.accept(socket);
        ChannelPromise connected = new DefaultChannelPromise(socket, loop);
        // Netty leaves a socket open whose connect failed, and nobody else would ever close it.
        connected.addListener(
                done -> {
                    if (!done.isSuccess()) {
                        Sockets.close(socket);
                    }
                });
        loop.register(socket)
                .addListener(
                        registered -> {
                            if (!registered.isSuccess()) {
                                connected.setFailure(registered.cause());
                            } else if (from == null) {
                                socket.connect(target, connected);
                            } else {
                                socket.connect(target, new InetSocketAddress(from, 0), connected);
                            }
                        });
        return connected;
    }

    /** Where only the pod itself can reach. */
    public InetAddress loopback() {
        InetAddress own = config.ownAddress();
        return own == null ? IpAddress.parse("127.0.0.1").toInetAddress() : own;
    }

    private InetAddress listenAddress() {
        InetAddress own = config.ownAddress();
        return own == null
                ? IpAddress.parse(config.ipv6() ? "::" : "0.0.0.0").toInetAddress()
                : own;
    }

    private SocketChannel newSocket(boolean foreignSource) {
        SocketChannel socket = inNamespace(transport::newSocket);
        return configured(
                socket,
                made -> {
                    Duration timeout = config.connectTimeout();
                    made.config().setConnectTimeoutMillis((int) timeout.toMillis());
                    if (foreignSource) {
                        transport.setTransparent(made);
                        transport.setFreebind(made);
                    }
                    common(made);
                });
    }

    private void common(Channel channel) {
        if (config.packetMark() != null) {
            transport.setMark(channel, config.packetMark());
        }
        SocketConfig.KeepaliveConfig keepalive = config.keepalive();
        if (keepalive != null) {
            transport.setKeepalive(
                    channel,
                    new Keepalive(
                            true, keepalive.time(), keepalive.interval(), keepalive.retries()));
        }
        if (config.userTimeout() != null) {
            transport.setUserTimeout(channel, config.userTimeout());
        }
    }

    /** A socket whose options fail must not leak. */
    private static <C extends Channel> C configured(C channel, Consumer<C> options) {
        try {
            options.accept(channel);
            return channel;
        } catch (RuntimeException refused) {
            channel.unsafe().closeForcibly();
            throw refused;
        }
    }

    private <T> T inNamespace(Supplier<T> make) {
        return netns == null ? make.get() : netns.call(make);
    }

    /** Gives the namespace up; sockets made before stay in it. */
    @Override
    public void close() {
        if (netns != null) {
            netns.close();
        }
    }
}
