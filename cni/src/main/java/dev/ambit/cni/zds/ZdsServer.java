package dev.ambit.cni.zds;

import dev.ambit.runtime.linux.PeerCredentials;
import dev.ambit.runtime.linux.SeqPacketServer;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Listens for ztunnels; an upgrade has two at a time. Each connection that said hello is handed to
 * the reconciler, and again when it ended. At most five connections a second, so that a ztunnel
 * that fails at once cannot keep the agent busy.
 */
public final class ZdsServer implements AutoCloseable {

    private static final Log LOG = Log.get("cni::zds");
    private static final Duration BETWEEN_ACCEPTS = Duration.ofMillis(200);

    /** Only root may give out pods, only root may take them. */
    private static final int MODE = 0600;

    private final SeqPacketServer server;
    private final EventLoops loops;
    private final Consumer<ZtunnelLink> connected;
    private final Consumer<ZtunnelLink> disconnected;
    private final Duration ackLimit;
    private final Set<ZdsConnection> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    private ZdsServer(
            SeqPacketServer server,
            EventLoops loops,
            Consumer<ZtunnelLink> connected,
            Consumer<ZtunnelLink> disconnected,
            Duration ackLimit) {
        this.server = server;
        this.loops = loops;
        this.connected = connected;
        this.disconnected = disconnected;
        this.ackLimit = ackLimit;
    }

    /** Listens on a path and starts accepting. The listeners are called on threads of their own. */
    public static ZdsServer start(
            Path path,
            EventLoops loops,
            Consumer<ZtunnelLink> connected,
            Consumer<ZtunnelLink> disconnected) {
        return start(path, loops, connected, disconnected, ZdsConnection.ACK_LIMIT);
    }

    static ZdsServer start(
            Path path,
            EventLoops loops,
            Consumer<ZtunnelLink> connected,
            Consumer<ZtunnelLink> disconnected,
            Duration ackLimit) {
        ZdsServer made =
                new ZdsServer(
                        SeqPacketSocket.listen(path, MODE),
                        loops,
                        connected,
                        disconnected,
                        ackLimit);
        loops.background("zds-accept", made::accept);
        LOG.info("listening for ztunnel", "path", path.toString());
        return made;
    }

    private void accept() {
        long number = 0;
        while (!server.closed()) {
            try {
                Optional<SeqPacketSocket> client = server.accept(Duration.ZERO);
                if (client.isPresent()) {
                    long n = ++number;
                    loops.background("zds-" + n, () -> serve(client.get(), n));
                }
                if (closing.await(BETWEEN_ACCEPTS.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (SystemCallException e) {
                LOG.error(
                        "AMB1525 accepting ztunnel failed, trying again", "error", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void serve(SeqPacketSocket socket, long number) {
        ZdsConnection connection = new ZdsConnection(socket, number, ackLimit);
        open.add(connection);
        try {
            PeerCredentials peer = socket.peerCredentials();
            if (!connection.greeted()) {
                connection.close();
                return;
            }
            LOG.info("ztunnel connected", "connection", number, "pid", peer.pid());
            connected.accept(connection);
            connection.receiveUntilEnd();
            disconnected.accept(connection);
        } finally {
            connection.close();
            open.remove(connection);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.close();
        open.forEach(ZdsConnection::close);
    }
}
