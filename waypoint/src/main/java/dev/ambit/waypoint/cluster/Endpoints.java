package dev.ambit.waypoint.cluster;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of service ports, as this waypoint may use them. What it worked out is kept until
 * the mesh tells something else about the service. Confined to the loop.
 */
public final class Endpoints {

    private static final int MAX_KEPT = 10_000;

    private record Key(NamespacedHostname service, int port) {}

    private record Kept(Object from, @Nullable MeshService service, List<Endpoint> endpoints) {}

    private final MeshView mesh;
    private final Function<MeshView, @Nullable Workload> self;
    private final Map<Key, Kept> kept = new HashMap<>();

    /**
     * @param self our own workload, for preferences such as the same zone; null while unknown
     */
    public Endpoints(MeshView mesh, Function<MeshView, @Nullable Workload> self) {
        this.mesh = mesh;
        this.self = self;
    }

    /** All usable endpoints of a port; preferred ones only, where the service prefers. */
    @SuppressWarnings("ReferenceEquality") // the same object means nothing was told since
    public List<Endpoint> of(NamespacedHostname service, int port) {
        List<dev.ambit.policy.state.Endpoint> all = mesh.endpoints(service);
        @Nullable MeshService known = mesh.service(service);
        Key key = new Key(service, port);
        @Nullable Kept before = kept.get(key);
        if (before != null && before.from == all && before.service == known) {
            return before.endpoints;
        }
        List<Endpoint> found = preferred(known, usable(known, port, all));
        if (kept.size() >= MAX_KEPT) {
            kept.clear();
        }
        kept.put(key, new Kept(all, known, found));
        return found;
    }

    private static List<Endpoint> usable(
            @Nullable MeshService service, int port, List<dev.ambit.policy.state.Endpoint> all) {
        @Nullable Port declared = service == null ? null : service.port(port);
        int fallback = declared == null ? 0 : declared.targetPort();
        List<Endpoint> found = new ArrayList<>(all.size());
        for (dev.ambit.policy.state.Endpoint each : all) {
            int target = each.targetPort(port, fallback);
            @Nullable InetSocketAddress address =
                    target == 0 ? null : address(each.workload(), target);
            if (address != null) {
                found.add(new Endpoint(each.workload(), address));
            }
        }
        return List.copyOf(found);
    }

    /** A workload's first address; a name to be resolved if it has only that. */
    public static @Nullable InetSocketAddress address(Workload workload, int port) {
        for (IpAddress address : workload.addresses()) {
            return new InetSocketAddress(address.toInetAddress(), port);
        }
        return workload.hostname().isEmpty()
                ? null
                : InetSocketAddress.createUnresolved(workload.hostname(), port);
    }

    private List<Endpoint> preferred(@Nullable MeshService service, List<Endpoint> all) {
        @Nullable Workload here = self.apply(mesh);
        if (service == null || here == null || all.size() < 2) {
            return all;
        }
        LoadBalancing wish = service.loadBalancing();
        return switch (wish.mode()) {
            case UNSPECIFIED, PASSTHROUGH -> all;
            case STRICT ->
                    all.stream()
                            .filter(e -> rank(here, e, wish) == wish.preferences().size())
                            .toList();
            case FAILOVER -> {
                int best = all.stream().mapToInt(e -> rank(here, e, wish)).max().orElse(0);
                yield all.stream().filter(e -> rank(here, e, wish) == best).toList();
            }
        };
    }

    /** How many of the preferences agree, counted from the first until one does not. */
    private static int rank(Workload here, Endpoint there, LoadBalancing wish) {
        int rank = 0;
        for (LoadBalancing.Scope scope : wish.preferences()) {
            if (!same(scope, here, there.workload())) {
                return rank;
            }
            rank++;
        }
        return rank;
    }

    private static boolean same(LoadBalancing.Scope scope, Workload a, Workload b) {
        return switch (scope) {
            case REGION -> a.locality().region().equals(b.locality().region());
            case ZONE -> a.locality().zone().equals(b.locality().zone());
            case SUBZONE -> a.locality().subzone().equals(b.locality().subzone());
            case NODE -> a.node().equals(b.node());
            case CLUSTER -> a.clusterId().equals(b.clusterId());
            case NETWORK -> a.network().equals(b.network());
        };
    }
}
