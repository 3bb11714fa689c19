package dev.ambit.hbone.bed;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.hbone.server.ConnectHandler;
import dev.ambit.hbone.server.HboneServer;
import dev.ambit.hbone.server.HboneServerEvents;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Two node proxies in small: a front that takes an application's connection into a tunnel, and a
 * server that takes the tunnel to its target. Each on loops of its own, over real TLS.
 */
public final class TunnelBed implements AutoCloseable {
    public static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "a", "client");
    public static final SpiffeId SERVER = SpiffeId.of("cluster.local", "b", "server");

    public final EventLoops clientLoops;
    public final EventLoops serverLoops;
    public final HboneCounters clientCounters = new HboneCounters();
    public final HboneCounters serverCounters = new HboneCounters();
    public final HboneServer server;
    public final InetSocketAddress serverAddress;
    public final TestCertificates certificates = new TestCertificates();
    public final TlsContexts clientTls;
    public final HboneSettings settings;
    public final LinkedBlockingQueue<RelayEnd> ends = new LinkedBlockingQueue<>();
    public final LinkedBlockingQueue<OpenFailure> failures = new LinkedBlockingQueue<>();

    private final Transport transport;
    private final Channel listener;
    private final Map<EventLoop, HbonePool> pools = new ConcurrentHashMap<>();

    public TunnelBed(Transport transport, int loops, HboneSettings settings) {
        this(transport, loops, settings, bed -> bed::dial);
    }

    public TunnelBed(
            Transport transport,
            int loops,
            HboneSettings settings,
            Function<TunnelBed, ConnectHandler> handler) {
        this.transport = transport;
        this.settings = settings;
        clientLoops = new EventLoops("client", loops, transport);
        serverLoops = new EventLoops("server", loops, transport);
        clientTls = certificates.contexts(CLIENT);
        TlsContexts serverTls = certificates.contexts(SERVER);
        server =
                new HboneServer(
                        new HboneServer.Parts(
                                settings,
                                serverCounters,
                                () -> serverTls,
                                handler.apply(this),
                                new HboneServerEvents() {}));
        listener =
                Sockets.listen(
                        transport,
                        serverLoops.nextData(),
                        group(serverLoops),
                        server.childHandler());
        serverAddress = Sockets.address(listener);
    }

    private static EventLoop group(EventLoops loops) {
        return loops.nextData();
    }

    public Transport transport() {
        return transport;
    }

    /** The server's part: connect, answer, relay. */
    public void dial(InboundConnect connect) {
        if (!(connect.target() instanceof ConnectTarget.Address target)) {
            connect.refuse(503);
            return;
        }
        Sockets.connect(transport, connect.loop(), target.address(), Sockets.prepared(c -> {}))
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                connect.refuse(503);
                                return;
                            }
                            DuplexChannel socket =
                                    (DuplexChannel)
                                            ((io.netty.channel.ChannelFuture) done).channel();
                            Relay.tunnel(
                                    connect.accept(Map.of()),
                                    socket,
                                    (relay, end) -> ends.add(end));
                        });
    }

    public PoolKey key() {
        return new PoolKey(CLIENT, List.of(SERVER), serverAddress, null, "uid", clientTls.serial());
    }

    /** The pool of a client loop. */
    public HbonePool pool(EventLoop loop) {
        return pools.computeIfAbsent(
                loop,
                l ->
                        new HbonePool(
                                l,
                                settings,
                                clientCounters,
                                (key, on, handler) ->
                                        Sockets.connect(transport, on, key.address(), handler)));
    }

    /** A port whose connections are taken through tunnels to the target. */
    public InetSocketAddress front(InetSocketAddress target) {
        ConnectRequest request = ConnectRequest.to("127.0.0.1:" + target.getPort());
        Channel front =
                Sockets.listen(
                        transport,
                        clientLoops.nextData(),
                        clientLoops.nextData(),
                        Sockets.prepared(
                                channel ->
                                        channel.eventLoop()
                                                .execute(() -> tunnel(channel, request))));
        return Sockets.address(front);
    }

    private void tunnel(Channel channel, ConnectRequest request) {
        pool(channel.eventLoop())
                .open(
                        key(),
                        clientTls,
                        request,
                        new OpenCallback() {
                            @Override
                            public void opened(HboneStream stream, Map<String, String> headers) {
                                Relay.tunnel(
                                        stream,
                                        (DuplexChannel) channel,
                                        (relay, end) -> ends.add(end));
                            }

                            @Override
                            public void failed(OpenFailure failure) {
                                failures.add(failure);
                                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                                channel.close();
                            }
                        });
    }

    @Override
    public void close() {
        server.close();
        listener.close().syncUninterruptibly();
        clientLoops.close();
        serverLoops.close();
    }
}
