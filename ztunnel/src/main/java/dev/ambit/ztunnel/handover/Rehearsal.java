package dev.ambit.ztunnel.handover;

import dev.ambit.hbone.relay.Detached;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.Room;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the old process to itself, relayed here, moved to the new process like any other
 * and asked there for the bytes it was given here: before a connection of anybody's moves, it is
 * certain that moving works, and both processes have run every part of it once, so that nobody
 * waits for classes to be loaded. Both ends are sockets of ours on loopback.
 */
final class Rehearsal implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 5_000;

    /** It has no pipes. */
    private static final Room NO_ROOM = new Room(0, Duration.ZERO);

    private static final byte[] HERE = {1, 2, 3};
    private static final byte[] THERE = {4, 5, 6};

    private final Socket client;
    private final Socket server;
    private final Detached detached;

    private Rehearsal(Socket client, Socket server, Detached detached) {
        this.client = client;
        this.server = server;
        this.detached = detached;
    }

    /** A relay over two sockets of ours that has carried bytes and was taken out of its loop. */
    static Rehearsal begin(EventLoops loops) throws IOException {
        EventLoop loop = loops.nextData();
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        Socket client = null;
        Socket server = null;
        SocketChannel first = null;
        SocketChannel second = null;
        try (ServerSocket listener = new ServerSocket(0, 2, loopback)) {
            listener.setSoTimeout(PATIENCE_MILLIS);
            first = connected(loops.transport(), loop, listener);
            client = listener.accept();
            second = connected(loops.transport(), loop, listener);
            server = listener.accept();
            client.setSoTimeout(PATIENCE_MILLIS);
            server.setSoTimeout(PATIENCE_MILLIS);
            Relay relay = relay(loop, first, second);
            carry(client, server, HERE);
            return new Rehearsal(client, server, detach(loop, relay));
        } catch (IOException | RuntimeException failed) {
            close(client);
            close(server);
            close(first);
            close(second);
            throw failed;
        }
    }

    Detached detached() {
        return detached;
    }

    /** Whether the other process carries bytes both ways and ends as its peers do. */
    void goesOn() throws IOException {
        carry(client, server, THERE);
        carry(server, client, THERE);
        client.shutdownOutput();
        if (server.getInputStream().read() >= 0) {
            throw new IOException("bytes that nobody sent");
        }
    }

    /** In the other process: relays it. Owns the descriptors. */
    static void adopt(EventLoops loops, Detached arrived) {
        EventLoop loop = loops.nextData();
        loop.execute(
                () -> {
                    SocketChannel first =
                            loops.transport().adoptSocket(arrived.first().descriptor());
                    SocketChannel second =
                            loops.transport().adoptSocket(arrived.second().descriptor());
                    Relay.prepare(first);
                    Relay.prepare(second);
                    loop.register(first);
                    loop.register(second)
                            .addListener(
                                    registered ->
                                            Relay.adopt(
                                                    arrived, first, second, (relay, end) -> {}));
                });
    }

    private static SocketChannel connected(
            Transport transport, EventLoop loop, ServerSocket listener) throws IOException {
        SocketChannel socket = transport.newSocket();
        Relay.prepare(socket);
        loop.register(socket).syncUninterruptibly();
        InetSocketAddress target =
                new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        if (!socket.connect(target).awaitUninterruptibly(PATIENCE_MILLIS)) {
            socket.close();
            throw new IOException("no connection to " + target);
        }
        return socket;
    }

    private static Relay relay(EventLoop loop, SocketChannel first, SocketChannel second)
            throws IOException {
        CompletableFuture<Relay> relay = new CompletableFuture<>();
        loop.execute(() -> relay.complete(Relay.sockets(first, second, (over, end) -> {})));
        return await(relay);
    }

    private static Detached detach(EventLoop loop, Relay relay) throws IOException {
        CompletableFuture<@Nullable Detached> detached = new CompletableFuture<>();
        loop.execute(() -> relay.detach(NO_ROOM, detached::complete));
        Detached taken = await(detached);
        if (taken == null) {
            throw new IOException("the connection ended");
        }
        return taken;
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future)
            throws IOException {
        try {
            return future.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | CompletionException | TimeoutException failed) {
            throw new IOException("the loop does not answer", failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", ended);
        }
    }

    private static void carry(Socket from, Socket to, byte[] bytes) throws IOException {
        from.getOutputStream().write(bytes);
        if (!java.util.Arrays.equals(to.getInputStream().readNBytes(bytes.length), bytes)) {
            throw new IOException("other bytes than were sent");
        }
    }

    private static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException gone) {
            // It is closed.
        }
    }

    private static void close(@Nullable SocketChannel socket) {
        if (socket != null) {
            socket.close();
        }
    }

    /** The descriptors that were to move: whoever has them now has duplicates. */
    void closeMoved() {
        Descriptors.close(detached.first().descriptor());
        Descriptors.close(detached.second().descriptor());
    }

    @Override
    public void close() {
        close(client);
        close(server);
    }
}
