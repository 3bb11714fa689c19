package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.LocalWorkload;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pod's DNS proxy: UDP and TCP on its loopback addresses, on one loop. Thread-safe; its work
 * stays on the loop.
 */
public final class DnsProxy {

    private static final Log LOG = Log.get("dns");

    private final EventLoop loop;
    private final PodSockets sockets;
    private final DnsConfig config;
    private final LocalWorkload local;
    private final DnsService service;
    private final TcpListener tcp;
    private final List<Channel> listeners = new ArrayList<>();

    /**
     * What a proxy needs beside its sockets.
     *
     * @param blocking threads that may read files
     */
    public record Parts(
            LocalWorkload local,
            AddressDemand demand,
            EgressGuard egress,
            DnsMetrics metrics,
            ExecutorService blocking) {}

    private DnsProxy(EventLoop loop, PodSockets sockets, DnsConfig config, Parts parts) {
        this.loop = loop;
        this.sockets = sockets;
        this.config = config;
        this.local = parts.local();
        DnsConfig.Limits limits = config.limits();
        Forwarder forwarder =
                new Forwarder(
                        loop,
                        sockets,
                        config.nameservers(),
                        limits.serverTimeout().toMillis(),
                        parts.metrics());
        Long namespace = sockets.namespace();
        PodSearchDomains search =
                config.podResolvConf() && namespace != null
                        ? new PodSearchDomains(Path.of("/proc"), namespace, parts.blocking())
                        : null;
        this.service =
                new DnsService(
                        loop,
                        parts.local(),
                        config,
                        forwarder,
                        new DnsService.Sources(
                                search, config.searchDomains(), parts.demand(), parts.egress()),
                        parts.metrics());
        this.tcp = new TcpListener(service, limits, parts.metrics());
    }

    /** Sockets that another process has bound to a port; owned by whoever takes them. */
    @FunctionalInterface
    public interface Bound {
        /** Nobody has. */
        Bound NONE = (port, datagram) -> List.of();

        /** Descriptors of UDP or TCP sockets. */
        List<Integer> take(int port, boolean datagram);
    }

    /**
     * Binds everything; if any address fails, none stays bound. A socket of another process serves
     * its address instead, but is not read before its channel is told to.
     */
    public static CompletableFuture<DnsProxy> start(
            EventLoop loop, PodSockets sockets, DnsConfig config, Parts parts, Bound already) {
        DnsProxy proxy = new DnsProxy(loop, sockets, config, parts);
        List<CompletableFuture<Void>> bound = new ArrayList<>();
        try {
            List<InetSocketAddress> addresses = proxy.addresses();
            int port = addresses.getFirst().getPort();
            Set<SocketAddress> udp = proxy.adopt(already.take(port, true), true, bound);
            Set<SocketAddress> tcp = proxy.adopt(already.take(port, false), false, bound);
            for (InetSocketAddress address : addresses) {
                if (!udp.contains(address)) {
                    bound.add(proxy.listenUdp(address));
                }
                if (!tcp.contains(address)) {
                    bound.add(proxy.listenTcp(address));
                }
            }
        } catch (RuntimeException noSocket) {
            bound.add(CompletableFuture.failedFuture(noSocket));
        }
        CompletableFuture<DnsProxy> started = new CompletableFuture<>();
        CompletableFuture.allOf(bound.toArray(CompletableFuture[]::new))
                .whenComplete(
                        (done, failure) -> {
                            if (failure == null) {
                                started.complete(proxy);
                            } else {
                                proxy.listeners.forEach(Sockets::close);
                                started.completeExceptionally(failure);
                            }
                        });
        return started;
    }

    private List<InetSocketAddress> addresses() {
        InetSocketAddress configured = config.listen().address();
        if (configured != null) {
            return List.of(configured);
        }
        int port = config.listen().port();
        InetAddress own = sockets.config().ownAddress();
        if (own != null) {
            return List.of(new InetSocketAddress(own, port));
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        addresses.add(new InetSocketAddress(loopback("127.0.0.1"), port));
        if (sockets.config().ipv6() && sockets.hasLoopback6()) {
            addresses.add(new InetSocketAddress(loopback("::1"), port));
        }
        return addresses;
    }

    private static InetAddress loopback(String literal) {
        return IpAddress.parse(literal).toInetAddress();
    }

    private CompletableFuture<Void> listenUdp(InetSocketAddress address) {
        DatagramChannel listener = sockets.newDatagramListener(DnsQuery.MAX_UDP);
        serve(listener);
        return established(sockets.bind(loop, listener, address), "dns udp", address);
    }

    private CompletableFuture<Void> listenTcp(InetSocketAddress address) {
        ServerSocketChannel listener = sockets.newListener(false);
        serve(listener);
        return established(sockets.bind(loop, listener, address), "dns tcp", address);
    }

    private Set<SocketAddress> adopt(
            List<Integer> descriptors, boolean datagram, List<CompletableFuture<Void>> bound) {
        Set<SocketAddress> served = new HashSet<>();
        for (int descriptor : descriptors) {
            Channel listener;
            if (datagram) {
                DatagramChannel udp = sockets.adoptDatagramListener(descriptor, DnsQuery.MAX_UDP);
                serve(udp);
                listener = udp;
            } else {
                ServerSocketChannel tcp = sockets.transport().adoptServerSocket(descriptor);
                serve(tcp);
                listener = tcp;
            }
            listener.config().setAutoRead(false);
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            served.add(address);
            String component = datagram ? "dns udp" : "dns tcp";
            bound.add(established(loop.register(listener), component, address));
        }
        return served;
    }

    private void serve(DatagramChannel listener) {
        listeners.add(listener);
        listener.pipeline().addLast(new UdpListener(service));
    }

    private void serve(ServerSocketChannel listener) {
        listeners.add(listener);
        listener.pipeline()
                .addLast(
                        new Acceptor(
                                "dns",
                                child -> child.config().setAutoRead(false),
                                Acceptor.Admission.OPEN,
                                tcp::accepted,
                                cause -> tcp.notAccepted()));
    }

    /** Its sockets, which stay its own. */
    public List<Channel> listeners() {
        return List.copyOf(listeners);
    }

    private CompletableFuture<Void> established(
            ChannelFuture binding, String component, InetSocketAddress address) {
        CompletableFuture<Void> bound = new CompletableFuture<>();
        binding.addListener(
                done -> {
                    if (done.isSuccess()) {
                        LOG.info(
                                "listener established",
                                "address",
                                address,
                                "component",
                                component,
                                "workload",
                                local.info().toString());
                        bound.complete(null);
                    } else {
                        bound.completeExceptionally(
                                new IllegalStateException(
                                        "failed to bind "
                                                + component
                                                + " to "
                                                + address
                                                + ": "
                                                + done.cause().getMessage(),
                                        done.cause()));
                    }
                });
        return bound;
    }

    /**
     * Finds an address for a host name as a lookup of the pod would; null if there is none. On the
     * caller's loop.
     */
    public void resolve(String hostname, EventLoop caller, Consumer<@Nullable IpAddress> then) {
        loop.execute(
                () -> service.resolve(hostname, found -> caller.execute(() -> then.accept(found))));
    }

    /**
     * Ends it: at once, or when what was asked has been answered, which takes no longer than the
     * name servers are waited for.
     */
    public CompletableFuture<Void> stop(boolean graceful) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        loop.execute(
                () -> {
                    if (!graceful) {
                        end(stopped);
                        return;
                    }
                    for (Channel listener : listeners) {
                        if (listener instanceof ServerSocketChannel) {
                            Sockets.close(listener);
                        }
                    }
                    long limit = config.limits().serverTimeout().toMillis();
                    loop.schedule(() -> end(stopped), limit, TimeUnit.MILLISECONDS);
                    service.whenIdle(() -> end(stopped));
                });
        return stopped;
    }

    private void end(CompletableFuture<Void> stopped) {
        listeners.forEach(Sockets::close);
        tcp.closeAll();
        stopped.complete(null);
    }
}
