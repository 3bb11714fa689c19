package dev.ambit.runtime.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A connected Unix socket of type SOCK_SEQPACKET: whole packets, each with descriptors if wanted
 * (SCM_RIGHTS). Calls block; one thread sends and one receives, {@link #close()} from anywhere
 * wakes a blocked receive.
 */
public final class SeqPacketSocket implements AutoCloseable {

    /** Descriptors one packet can carry. */
    public static final int MAX_DESCRIPTORS = MessageCalls.MAX_DESCRIPTORS;

    private final OpenSocket socket;

    SeqPacketSocket(int fd) {
        this.socket = new OpenSocket(fd);
    }

    public static SeqPacketSocket connect(Path path) {
        int fd = UnixCalls.socket();
        try {
            UnixCalls.connect(fd, path);
            return new SeqPacketSocket(fd);
        } catch (RuntimeException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /**
     * Binds and listens; a stale socket file is replaced. The mode is that of the file, for example
     * 0600.
     */
    public static SeqPacketServer listen(Path path, int mode) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replace " + path, e);
        }
        int fd = UnixCalls.socket();
        try {
            UnixCalls.bind(fd, path);
            // Nobody can connect before listen(), so the file is never reachable with a wider mode.
            Files.setAttribute(path, "unix:mode", mode);
            UnixCalls.listen(fd, SeqPacketServer.BACKLOG);
            return new SeqPacketServer(fd, path);
        } catch (IOException e) {
            Descriptors.close(fd);
            throw new UncheckedIOException("cannot set the mode of " + path, e);
        } catch (RuntimeException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** Sends a packet with descriptors, if any; the caller keeps its own. */
    public void send(byte[] packet, int... fds) {
        int s = socket.enter();
        if (s < 0) {
            throw Native.failed("sendmsg on a closed socket", UnixCalls.EPIPE);
        }
        try {
            MessageCalls.send(s, packet, fds);
        } finally {
            socket.leave();
        }
    }

    /** Waits for a packet. {@link Duration#ZERO} waits without end. */
    public Received receive(int maxBytes, Duration timeout) {
        int s = socket.enter();
        if (s < 0) {
            return new Received.EndOfStream();
        }
        try {
            return UnixCalls.awaitReadable(s, timeout)
                    ? MessageCalls.receive(s, maxBytes)
                    : new Received.TimedOut();
        } finally {
            socket.leave();
        }
    }

    public PeerCredentials peerCredentials() {
        int s = socket.enter();
        if (s < 0) {
            throw Native.failed("peer of a closed socket", UnixCalls.EPIPE);
        }
        try {
            return UnixCalls.peerCredentials(s);
        } finally {
            socket.leave();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
