package dev.ambit.hbone.bed;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A port whose connections are relayed to the target. */
final class Front implements AutoCloseable {
    final EventLoops loops;
    final Channel listener;
    final LinkedBlockingQueue<RelayEnd> ends = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Relay> relays = new LinkedBlockingQueue<>();
    final AtomicInteger open = new AtomicInteger();

    /** The kernel takes little for the target. */
    volatile boolean narrow;

    /** The client has ended before the relay begins. */
    volatile boolean endsEarly;

    Front(Transport transport, InetSocketAddress target) {
        loops = new EventLoops("front", 2, transport);
        listener =
                Sockets.listen(
                        transport,
                        loops.nextData(),
                        loops.nextData(),
                        Sockets.prepared(
                                accepted -> {
                                    open.incrementAndGet();
                                    Relay.whenClosed(accepted, open::decrementAndGet);
                                    Sockets.connect(
                                                    transport,
                                                    accepted.eventLoop(),
                                                    target,
                                                    Sockets.prepared(this::narrow))
                                            .addListener(
                                                    (ChannelFuture done) -> couple(accepted, done));
                                }));
    }

    private void narrow(Channel toTarget) {
        if (narrow) {
            toTarget.config().setOption(ChannelOption.SO_SNDBUF, 65_536);
        }
    }

    private void couple(Channel accepted, ChannelFuture connected) {
        if (endsEarly) {
            // as a transport tells that notices it before anybody reads
            accepted.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        relays.add(
                Relay.plain(
                        (DuplexChannel) accepted,
                        (DuplexChannel) connected.channel(),
                        (relay, end) -> ends.add(end)));
    }

    Socket dial() throws IOException {
        Socket socket = new Socket();
        InetSocketAddress at = Sockets.address(listener);
        socket.connect(at, 10_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    RelayEnd end() throws InterruptedException {
        return ends.poll(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        loops.close();
    }
}
