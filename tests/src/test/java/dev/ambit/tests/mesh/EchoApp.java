package dev.ambit.tests.mesh;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An application that sends back what it gets, and remembers who came: the proof that a denied
 * connection never reached the app is that this one saw none.
 */
public final class EchoApp implements AutoCloseable {

    private final ServerSocketChannel listener;
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<String> clients = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

    public EchoApp(PodNet net, int port) {
        listener = net.listen(port);
        Thread.ofPlatform().daemon().name("echo-" + port).start(this::serve);
    }

    public int accepted() {
        return accepted.get();
    }

    /** Connections that have not ended. */
    public int open() {
        return open.size();
    }

    /** Source addresses in the order in which they came. */
    public List<String> clients() {
        return List.copyOf(clients);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel c = listener.accept();
                accepted.incrementAndGet();
                Socket socket = c.socket();
                clients.add(socket.getInetAddress().getHostAddress());
                open.add(c);
                Thread.ofVirtual().start(() -> echo(c));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void echo(SocketChannel c) {
        try (c) {
            c.socket().getInputStream().transferTo(c.socket().getOutputStream());
        } catch (IOException reset) {
            // the peer is gone, which is what some tests want
        } finally {
            open.remove(c);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel c : open) {
            c.close();
        }
    }
}
