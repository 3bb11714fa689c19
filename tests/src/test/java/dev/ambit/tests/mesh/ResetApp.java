package dev.ambit.tests.mesh;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** An application that resets who has sent enough, and counts who resets it before that. */
final class ResetApp implements AutoCloseable {

    private final ServerSocketChannel listener;
    private final int enough;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();

    ResetApp(PodNet net, int port, int enough) {
        this.enough = enough;
        listener = net.listen(port);
        Thread.ofPlatform().daemon().name("reset-" + port).start(this::serve);
    }

    /** Connections something has come over. */
    int begun() {
        return begun.get();
    }

    /** Connections that were reset by the client. */
    int resets() {
        return resets.get();
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel accepted = listener.accept();
                Thread.ofVirtual().start(() -> read(accepted.socket()));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void read(Socket socket) {
        try (socket) {
            byte[] buffer = new byte[65_536];
            int left = enough;
            while (left > 0) {
                int n = socket.getInputStream().read(buffer, 0, Math.min(left, buffer.length));
                if (n < 0) {
                    return;
                }
                if (left == enough) {
                    begun.incrementAndGet();
                }
                left -= n;
            }
            socket.setSoLinger(true, 0);
        } catch (IOException reset) {
            resets.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
