package dev.ambit.waypoint.upstream;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** TCP to an endpoint outside of the mesh. Names are looked up off the loop. */
final class PlainConnector {

    private final EventLoops loops;
    private final EventLoop loop;
    private final Duration timeout;

    PlainConnector(EventLoops loops, EventLoop loop, Duration timeout) {
        this.loops = loops;
        this.loop = loop;
        this.timeout = timeout;
    }

    void connect(InetSocketAddress address, ChannelHandler handler, Connector.Result result) {
        if (!address.isUnresolved()) {
            open(address, handler, result);
            return;
        }
        loops.blocking()
                .execute(
                        () -> {
                            @Nullable InetSocketAddress found = resolve(address);
                            loop.execute(
                                    () -> {
                                        if (found == null) {
                                            result.failed(unknown(address));
                                        } else {
                                            open(found, handler, result);
                                        }
                                    });
                        });
    }

    private static @Nullable InetSocketAddress resolve(InetSocketAddress address) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(address.getHostString()), address.getPort());
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static ProxyError unknown(InetSocketAddress address) {
        return new ProxyError(
                FailureKind.CONNECT_FAILURE,
                FailureKind.CONNECT_FAILURE.detail()
                        + "{no address for "
                        + address.getHostString()
                        + "}");
    }

    private void open(InetSocketAddress address, ChannelHandler handler, Connector.Result result) {
        SocketChannel channel = loops.transport().newSocket();
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis());
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.pipeline().addLast(handler);
        loop.register(channel)
                .addListener(
                        registered -> {
                            if (registered.isSuccess()) {
                                connect(channel, address, result);
                            } else {
                                result.failed(
                                        ProxyError.of(
                                                FailureKind.CONNECT_FAILURE, registered.cause()));
                            }
                        });
    }

    private static void connect(
            SocketChannel channel, InetSocketAddress address, Connector.Result result) {
        channel.connect(address)
                .addListener(
                        connected -> {
                            if (connected.isSuccess()) {
                                result.connected(channel);
                            } else {
                                channel.close();
                                result.failed(
                                        ProxyError.of(kind(connected.cause()), connected.cause()));
                            }
                        });
    }

    private static FailureKind kind(Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? FailureKind.CONNECT_TIMEOUT
                : FailureKind.CONNECT_FAILURE;
    }
}
