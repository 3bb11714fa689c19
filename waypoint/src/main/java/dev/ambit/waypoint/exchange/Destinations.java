package dev.ambit.waypoint.exchange;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.waypoint.cluster.Endpoint;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.upstream.Destination;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How endpoints are reached and named, worked out once for each: the endpoints of a service are the
 * same objects until the mesh tells something new about it. Confined to the loop.
 */
final class Destinations {

    private static final int HBONE_PORT = 15008;
    private static final int MAX_KEPT = 10_000;

    /** An endpoint's way, and its name in metrics. */
    record Prepared(Destination destination, Peer peer) {}

    private record Kept(@Nullable MeshService service, Prepared prepared) {}

    private final IdentityHashMap<Endpoint, Kept> kept = new IdentityHashMap<>();

    @SuppressWarnings("ReferenceEquality") // the same object means nothing was told since
    Prepared of(Endpoint endpoint, NamespacedHostname name, @Nullable MeshService service) {
        @Nullable Kept before = kept.get(endpoint);
        if (before != null && before.service == service) {
            return before.prepared;
        }
        if (kept.size() >= MAX_KEPT) {
            kept.clear();
        }
        Prepared prepared = prepare(endpoint, name, service);
        kept.put(endpoint, new Kept(service, prepared));
        return prepared;
    }

    private static Prepared prepare(
            Endpoint endpoint, NamespacedHostname name, @Nullable MeshService service) {
        Workload workload = endpoint.workload();
        boolean inMesh =
                workload.tunnelProtocol() == TunnelProtocol.HBONE || workload.nativeTunnel();
        if (!inMesh || endpoint.address().isUnresolved()) {
            return new Prepared(new Destination(endpoint.address(), null), Peer.of(workload, null));
        }
        Destination.Tunnel tunnel =
                new Destination.Tunnel(
                        new InetSocketAddress(endpoint.address().getAddress(), HBONE_PORT),
                        expected(workload, service),
                        workload.uid(),
                        name.hostname());
        return new Prepared(
                new Destination(endpoint.address(), tunnel),
                Peer.of(workload, workload.identity()));
    }

    private static List<SpiffeId> expected(Workload workload, @Nullable MeshService service) {
        List<SpiffeId> expected = new ArrayList<>(1);
        expected.add(workload.identity());
        if (service != null) {
            service.subjectAltNames().forEach(uri -> addId(expected, uri));
        }
        return expected;
    }

    /** Names that are no SPIFFE ids cannot be shown by a mesh peer, so they add nobody. */
    private static void addId(List<SpiffeId> expected, String uri) {
        try {
            SpiffeId id = SpiffeId.parse(uri);
            if (!expected.contains(id)) {
                expected.add(id);
            }
        } catch (IllegalArgumentException notAnId) {
            return;
        }
    }
}
