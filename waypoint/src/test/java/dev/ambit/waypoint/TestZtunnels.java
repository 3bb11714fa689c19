package dev.ambit.waypoint;

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
import dev.ambit.hbone.server.HboneServer;
import dev.ambit.hbone.server.HboneServerEvents;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The node proxies around a waypoint, as small as they can be: tunnels by HBONE, no policy. */
final class TestZtunnels implements AutoCloseable {

    final TestCertificates certificates;
    final List<ConnectRequest> served = new CopyOnWriteArrayList<>();
    final List<SpiffeId> peers = new CopyOnWriteArrayList<>();
    final List<String> refusals = new CopyOnWriteArrayList<>();
    private final EventLoops loops = TestLoops.start();
    private final HboneCounters counters = new HboneCounters();
    private final Map<EventLoop, HbonePool> pools = new ConcurrentHashMap<>();
    private final List<Runnable> open = new ArrayList<>();

    TestZtunnels(TestCertificates certificates) {
        this.certificates = certificates;
        for (EventLoop loop : loops.data()) {
            pools.put(loop, new HbonePool(loop, HboneSettings.defaults(), counters, this::connect));
        }
    }

    private ChannelFuture connect(PoolKey key, EventLoop loop, ChannelHandler handler) {
        SocketChannel channel = loops.transport().newSocket();
        channel.pipeline().addLast(handler);
        loop.register(channel);
        return channel.connect(key.address());
    }

    /** A local port whose connections go through the waypoint, with this authority. */
    int client(SpiffeId source, InetSocketAddress waypoint, SpiffeId expected, String authority) {
        TlsContexts contexts = certificates.contexts(source);
        Acceptor acceptor =
                Acceptor.bind(
                        loops,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        each(
                                socket -> {
                                    Relay.prepare(socket);
                                    PoolKey key =
                                            new PoolKey(
                                                    source,
                                                    List.of(expected),
                                                    waypoint,
                                                    null,
                                                    "",
                                                    contexts.serial());
                                    Objects.requireNonNull(pools.get(socket.eventLoop()))
                                            .open(
                                                    key,
                                                    contexts,
                                                    ConnectRequest.to(authority),
                                                    new Coupling(socket));
                                }));
        open.add(acceptor::close);
        return acceptor.address().getPort();
    }

    private final class Coupling implements OpenCallback {
        private final Channel socket;

        Coupling(Channel socket) {
            this.socket = socket;
        }

        @Override
        public void opened(HboneStream stream, Map<String, String> responseHeaders) {
            Relay.tunnel(stream, (DuplexChannel) socket, (relay, end) -> {});
        }

        @Override
        public void failed(OpenFailure failure) {
            refusals.add(failure.describe());
            socket.close();
        }
    }

    /** The node proxy of a pod with this address. */
    void server(InetAddress pod, SpiffeId identity) {
        TlsContexts contexts = certificates.contexts(identity);
        HboneServer server =
                new HboneServer(
                        new HboneServer.Parts(
                                HboneSettings.defaults(),
                                counters,
                                () -> contexts,
                                this::serve,
                                new HboneServerEvents() {}));
        Acceptor acceptor =
                Acceptor.bind(loops, new InetSocketAddress(pod, 15008), server.childHandler());
        open.add(acceptor::close);
        open.add(server::close);
    }

    private void serve(InboundConnect connect) {
        served.add(connect.request());
        peers.add(connect.peer().id());
        SocketChannel socket = loops.transport().newSocket();
        Relay.prepare(socket);
        socket.pipeline().addLast(new ChannelInboundHandlerAdapter());
        connect.loop().register(socket);
        InetSocketAddress target = ((ConnectTarget.Address) connect.target()).address();
        socket.connect(target)
                .addListener(
                        connected -> {
                            if (connected.isSuccess()) {
                                Relay.tunnel(connect.accept(Map.of()), socket, (relay, end) -> {});
                            } else {
                                connect.refuse(503);
                            }
                        });
    }

    private static ChannelHandler each(Consumer<Channel> install) {
        return new EachChannel(install);
    }

    /** Installs the same on each accepted connection. */
    @ChannelHandler.Sharable
    private static final class EachChannel extends ChannelInitializer<Channel> {
        private final Consumer<Channel> install;

        EachChannel(Consumer<Channel> install) {
            this.install = install;
        }

        @Override
        protected void initChannel(Channel channel) {
            install.accept(channel);
        }
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
        pools.forEach((loop, pool) -> loop.execute(pool::close));
        loops.close();
    }
}
