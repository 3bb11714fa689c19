package dev.ambit.waypoint;

import dev.ambit.hbone.server.HboneServerEvents;
import dev.ambit.runtime.log.Log;
import java.net.InetSocketAddress;

/** Says in the log what never became a tunnel. */
final class IngressEvents implements HboneServerEvents {

    private static final Log LOG = Log.get("ingress");

    @Override
    public void handshakeFailed(InetSocketAddress remote, InetSocketAddress local, String reason) {
        LOG.warn("connection failed", "src.addr", remote, "dst.addr", local, "error", reason);
    }

    @Override
    public void connectionFailed(InetSocketAddress remote, InetSocketAddress local, String reason) {
        LOG.warn("connection failed", "src.addr", remote, "dst.addr", local, "error", reason);
    }

    @Override
    public void requestRefused(
            InetSocketAddress remote, InetSocketAddress local, int status, String reason) {
        LOG.warn(
                "tunnel refused",
                "src.addr",
                remote,
                "dst.addr",
                local,
                "status",
                status,
                "error",
                reason);
    }
}
