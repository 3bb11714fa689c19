package dev.ambit.tests.mesh;

import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Sockets of the test's own JVM inside a pod's network namespace: a socket stays in the namespace
 * it was made in, so only the making needs the namespace.
 */
public final class PodNet implements AutoCloseable {

    private final Netns netns;

    public PodNet(Netns netns) {
        this.netns = netns;
    }

    public ServerSocketChannel listen(int port) {
        return netns.call(
                () -> {
                    try {
                        return ServerSocketChannel.open()
                                .bind(new InetSocketAddress("0.0.0.0", port), 512);
                    } catch (IOException e) {
                        throw new UncheckedIOException("listen on " + port, e);
                    }
                });
    }

    /** Connects from inside the pod; reads on the socket end after {@code patience}. */
    public Socket connect(String ip, int port, Duration patience) throws IOException {
        SocketChannel channel =
                netns.call(
                        () -> {
                            try {
                                return SocketChannel.open();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        Socket socket = channel.socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(ip, port), Math.toIntExact(patience.toMillis()));
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void close() {
        netns.close();
    }
}
