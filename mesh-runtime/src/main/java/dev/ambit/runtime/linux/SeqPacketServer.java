package dev.ambit.runtime.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A listening SOCK_SEQPACKET socket; {@link #close()} wakes a blocked accept and removes the file.
 */
public final class SeqPacketServer implements AutoCloseable {

    static final int BACKLOG = 16;

    private final OpenSocket socket;
    private final Path path;

    /** The file is ours as long as it is this inode; a successor may have replaced it. */
    private final Object inode;

    SeqPacketServer(int fd, Path path) throws IOException {
        this.socket = new OpenSocket(fd);
        this.path = path;
        this.inode = Files.getAttribute(path, "unix:ino");
    }

    public Path path() {
        return path;
    }

    /**
     * Waits for a client; empty when the time is over or the server was closed. Zero waits without
     * end.
     */
    public Optional<SeqPacketSocket> accept(Duration timeout) {
        int s = socket.enter();
        if (s < 0) {
            return Optional.empty();
        }
        try {
            if (!UnixCalls.awaitReadable(s, timeout) || socket.closed()) {
                return Optional.empty();
            }
            int client = UnixCalls.accept(s);
            if (client >= 0) {
                return Optional.of(new SeqPacketSocket(client));
            }
            if (socket.closed() || client == -Native.EAGAIN || client == -UnixCalls.ECONNRESET) {
                return Optional.empty();
            }
            throw Native.failed("accept on " + path, -client);
        } finally {
            socket.leave();
        }
    }

    public boolean closed() {
        return socket.closed();
    }

    @Override
    public void close() {
        if (socket.closed()) {
            return;
        }
        try {
            if (Files.exists(path) && inode.equals(Files.getAttribute(path, "unix:ino"))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // Left behind; the next server replaces it.
        }
        socket.close();
    }
}
