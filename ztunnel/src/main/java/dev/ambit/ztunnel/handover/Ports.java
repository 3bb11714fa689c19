package dev.ambit.ztunnel.handover;

import dev.ambit.runtime.admin.AdminRoutes;
import dev.ambit.runtime.admin.AdminServer;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The process's own ports: admin, metrics, readiness. Where two processes share a network namespace
 * the new one cannot bind them, so it gets the old one's sockets and answers on them once it has
 * taken over; where each has its own, it binds its own. Main thread at the start, one hand-over at
 * a time later.
 */
public final class Ports {

    private static final Log LOG = Log.get("handover");

    private final EventLoops loops;
    private final Map<String, List<Integer>> inherited;
    private final Map<String, AdminServer> servers = new LinkedHashMap<>();

    /**
     * @param inherited listening sockets of the process before this one, by name; owned from here
     */
    public Ports(EventLoops loops, Map<String, List<Integer>> inherited) {
        this.loops = loops;
        this.inherited = new LinkedHashMap<>(inherited);
    }

    /** Binds, or adopts what the process before this one has bound. */
    public synchronized AdminServer serve(
            String name, AdminRoutes routes, SocketAddress... addresses) {
        AdminServer server = open(name, routes, addresses);
        servers.put(name, server);
        return server;
    }

    private AdminServer open(String name, AdminRoutes routes, SocketAddress... addresses) {
        List<Integer> sockets = inherited.remove(name);
        try {
            AdminServer own = AdminServer.bind(loops, routes, addresses);
            if (sockets != null) {
                sockets.forEach(Descriptors::close);
            }
            return own;
        } catch (UncheckedIOException taken) {
            if (sockets == null) {
                throw taken;
            }
            LOG.info("port taken over with its socket", "component", name);
            return AdminServer.adopt(loops, routes, sockets);
        }
    }

    /** What a successor may need. The descriptors stay ours. */
    synchronized Map<String, List<Integer>> offer() {
        Map<String, List<Integer>> offered = new LinkedHashMap<>();
        servers.forEach((name, server) -> offered.put(name, server.descriptors()));
        return offered;
    }

    synchronized void pause() {
        servers.values().forEach(AdminServer::pause);
    }

    synchronized void resume() {
        servers.values().forEach(AdminServer::resume);
        // Parts that exist in one of two versions only.
        List<List<Integer>> unknown = new ArrayList<>(inherited.values());
        inherited.clear();
        unknown.forEach(sockets -> sockets.forEach(Descriptors::close));
    }

    synchronized void closeListeners() {
        servers.values().forEach(AdminServer::closeListeners);
    }
}
