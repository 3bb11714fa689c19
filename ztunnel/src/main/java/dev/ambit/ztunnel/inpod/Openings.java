package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.socket.Acceptor;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.state.WorkloadInfo;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A pod's listeners as it starts: opened, or taken over from another process. */
final class Openings {

    private static final Log LOG = Log.get("proxy");

    private final PodSockets sockets;
    private final WorkloadInfo info;
    private final PodTransfer transfer;
    private final Inherited inherited;
    private final int loops;

    /**
     * @param inherited listeners that exist already
     * @param loops among which they are divided
     */
    Openings(
            PodSockets sockets,
            WorkloadInfo info,
            PodTransfer transfer,
            Inherited inherited,
            int loops) {
        this.sockets = sockets;
        this.info = info;
        this.transfer = transfer;
        this.inherited = inherited;
        this.loops = loops;
    }

    /**
     * What one port leads to; every listener has an acceptor of its own.
     *
     * @param loopback reached by the pod itself only
     */
    record Door(String component, Supplier<Acceptor> acceptor, int port, boolean loopback) {
        Door(String component, Supplier<Acceptor> acceptor, int port) {
            this(component, acceptor, port, false);
        }

        static Door onLoopback(String component, Supplier<Acceptor> acceptor, int port) {
            return new Door(component, acceptor, port, true);
        }
    }

    CompletableFuture<Void> listen(int number, PodProxy.Share share, Door door) {
        List<Integer> there = inherited.take(door.port(), false, number, loops);
        if (!there.isEmpty()) {
            return CompletableFuture.allOf(
                    there.stream()
                            .map(fd -> adopt(share, door, fd))
                            .toArray(CompletableFuture[]::new));
        }
        if (inherited.some()) {
            // More loops than before: theirs begin to listen when the pod begins to accept.
            transfer.later(() -> bind(share, door));
            return CompletableFuture.completedFuture(null);
        }
        return bind(share, door);
    }

    private CompletableFuture<Void> adopt(PodProxy.Share share, Door door, int descriptor) {
        ServerSocketChannel listener = sockets.transport().adoptServerSocket(descriptor);
        listener.config().setAutoRead(false);
        listener.pipeline().addLast(door.acceptor().get());
        share.listeners().add(listener);
        CompletableFuture<Void> adopted = new CompletableFuture<>();
        share.pod()
                .loop()
                .register(listener)
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                LOG.info(
                                        "listener taken over",
                                        "address",
                                        listener.localAddress(),
                                        "component",
                                        door.component(),
                                        "workload",
                                        info.toString());
                                adopted.complete(null);
                            } else {
                                adopted.completeExceptionally(done.cause());
                            }
                        });
        return adopted;
    }

    private CompletableFuture<Void> bind(PodProxy.Share share, Door door) {
        String component = door.component();
        int port = door.port();
        boolean transparent = !door.loopback() && share.pod().scope().preserveSource();
        ServerSocketChannel listener = sockets.newListener(transparent);
        listener.pipeline().addLast(door.acceptor().get());
        share.listeners().add(listener);
        EventLoop loop = share.pod().loop();
        ChannelFuture binding =
                door.loopback()
                        ? sockets.bind(
                                loop, listener, new InetSocketAddress(sockets.loopback(), port))
                        : sockets.listen(loop, listener, port);
        CompletableFuture<Void> bound = new CompletableFuture<>();
        binding.addListener(
                done -> {
                    if (done.isSuccess()) {
                        LOG.info(
                                "listener established",
                                "address",
                                listener.localAddress(),
                                "component",
                                component,
                                "transparent",
                                transparent,
                                "workload",
                                info.toString());
                        bound.complete(null);
                    } else {
                        bound.completeExceptionally(
                                new IllegalStateException(
                                        "failed to bind to port "
                                                + port
                                                + ": "
                                                + done.cause().getMessage(),
                                        done.cause()));
                    }
                });
        return bound;
    }
}
