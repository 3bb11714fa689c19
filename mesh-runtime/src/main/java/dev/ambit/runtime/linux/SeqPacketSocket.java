package dev.ambit.runtime.linux;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A connected Unix socket of type SOCK_SEQPACKET: whole packets, each with descriptors if wanted
 * (SCM_RIGHTS). Calls block; one thread sends and one receives, {@link #close()} from anywhere
 * wakes a blocked receive.
 */
public final class SeqPacketSocket implements AutoCloseable {

    private SeqPacketSocket() {}

    public static SeqPacketSocket connect(Path path) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Binds and listens; a stale socket file is replaced. The mode is that of the file, for example
     * 0600.
     */
    public static SeqPacketServer listen(Path path, int mode) {
        throw new UnsupportedOperationException("not built yet");
    }

    public void send(byte[] packet) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Sends a packet with one descriptor; the caller keeps its own. */
    public void send(byte[] packet, int fd) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Waits for a packet. {@link Duration#ZERO} waits without end. */
    public Received receive(int maxBytes, Duration timeout) {
        throw new UnsupportedOperationException("not built yet");
    }

    public PeerCredentials peerCredentials() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
