package dev.ambit.tests.rig;

import dev.ambit.tests.mesh.PodNet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The application of a pod: sends blocks back, checks each, remembers how each session ended. */
final class SessionServer implements AutoCloseable {

    private static final int PIECE = 256 * Blocks.SIZE;

    /** The server's side of a session. Written by its thread, read by any when it has ended. */
    static final class Side {
        private final MessageDigest received = Digests.sha256();
        private final MessageDigest sent = Digests.sha256();
        private final String client;
        private long blocks;
        private volatile End end = End.OPEN;
        private volatile String what = "";

        Side(String client) {
            this.client = client;
        }

        End end() {
            return end;
        }

        String what() {
            return what;
        }

        String client() {
            return client;
        }

        /** Only once it has ended. */
        byte[] receivedDigest() {
            return received.digest();
        }

        /** Only once it has ended. */
        byte[] sentDigest() {
            return sent.digest();
        }
    }

    private final ServerSocketChannel listener;
    private final Map<Long, Side> sides = new ConcurrentHashMap<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger corrupt = new AtomicInteger();

    SessionServer(PodNet net, int port) {
        listener = net.listen(port);
        Thread.ofPlatform().daemon().name("rig-server-" + port).start(this::serve);
    }

    @Nullable Side side(long session) {
        return sides.get(session);
    }

    int accepted() {
        return accepted.get();
    }

    /** Sessions that brought bytes nobody sent. */
    int corrupt() {
        return corrupt.get();
    }

    void forget() {
        sides.clear();
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel c = listener.accept();
                accepted.incrementAndGet();
                open.add(c);
                Thread.ofVirtual().start(() -> echo(c));
            }
        } catch (IOException closed) {
            // the rig is over
        }
    }

    private void echo(SocketChannel c) {
        Side side = new Side(String.valueOf(c.socket().getInetAddress().getHostAddress()));
        try (c) {
            c.socket().setTcpNoDelay(true);
            run(side, c.socket().getInputStream(), c.socket().getOutputStream());
        } catch (IOException reset) {
            side.what = String.valueOf(reset.getMessage());
            side.end = End.RESET;
        } finally {
            open.remove(c);
        }
    }

    private void run(Side side, InputStream in, OutputStream out) throws IOException {
        byte[] bytes = new byte[PIECE];
        int have = 0;
        long session = -1;
        while (true) {
            int n = in.read(bytes, have, bytes.length - have);
            if (n < 0) {
                break;
            }
            have += n;
            int whole = have / Blocks.SIZE * Blocks.SIZE;
            if (whole == 0) {
                continue;
            }
            if (session < 0) {
                session = Blocks.sessionOf(bytes);
                sides.put(session, side);
            }
            String fault = Blocks.fault(bytes, whole, session, side.blocks);
            if (!fault.isEmpty()) {
                corrupt.incrementAndGet();
                side.what = fault;
                side.end = End.WRONG;
                return;
            }
            side.received.update(bytes, 0, whole);
            side.sent.update(bytes, 0, whole);
            side.blocks += whole / Blocks.SIZE;
            out.write(bytes, 0, whole);
            System.arraycopy(bytes, whole, bytes, 0, have - whole);
            have -= whole;
        }
        // The client writes whole blocks; a piece of one means that the rest was lost.
        side.what = have == 0 ? "" : "%d bytes of a block".formatted(have);
        side.end = have == 0 ? End.DONE : End.CUT;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel c : open) {
            c.close();
        }
    }
}
