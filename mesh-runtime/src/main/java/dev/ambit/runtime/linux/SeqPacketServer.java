package dev.ambit.runtime.linux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A listening SOCK_SEQPACKET socket; {@link #close()} wakes a blocked accept and removes the file.
 */
public final class SeqPacketServer implements AutoCloseable {

    SeqPacketServer() {}

    public Path path() {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Waits for a client; empty when the time is over or the server was closed. Zero waits without
     * end.
     */
    public Optional<SeqPacketSocket> accept(Duration timeout) {
        throw new UnsupportedOperationException("not built yet");
    }

    public boolean closed() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
