package dev.ambit.runtime.admin;

import dev.ambit.runtime.net.EventLoops;
import java.net.SocketAddress;
import java.util.List;

/**
 * A small HTTP/1.1 server for admin, metrics and readiness ports: unknown path 404, wrong method
 * 405, a handler that throws 500 with its text; headers within 2 s and 8 KiB. Connections live on
 * the control loop, handlers on virtual threads.
 */
public final class AdminServer implements AutoCloseable {

    private AdminServer() {}

    /** Binds all addresses or none; port 0 takes a free one (the same for all addresses). */
    public static AdminServer bind(
            EventLoops loops, AdminRoutes routes, SocketAddress... addresses) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The port of the first address. */
    public int port() {
        throw new UnsupportedOperationException("not built yet");
    }

    public List<SocketAddress> addresses() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
