package dev.ambit.waypoint.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an endpoint by least request of two random ones, weighted by capacity, as Istio's default
 * does. It knows the load of its own loop only: with requests spread evenly over loops that is a
 * fair sample, and it needs no lock. Confined to the loop.
 */
public final class LoadBalancer {

    private static final EndpointLoad IDLE = new EndpointLoad();

    private final Map<String, EndpointLoad> loads = new HashMap<>();
    private final RandomGenerator random;

    public LoadBalancer(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Null if there is none.
     *
     * @param tried uids to be avoided while there are others
     */
    public @Nullable Endpoint choose(List<Endpoint> endpoints, Set<String> tried) {
        List<Endpoint> fresh = tried.isEmpty() ? endpoints : untried(endpoints, tried);
        List<Endpoint> from = fresh.isEmpty() ? endpoints : fresh;
        return switch (from.size()) {
            case 0 -> null;
            case 1 -> from.getFirst();
            default -> lessLoaded(weighted(from), weighted(from));
        };
    }

    private static List<Endpoint> untried(List<Endpoint> endpoints, Set<String> tried) {
        return endpoints.stream().filter(e -> !tried.contains(e.workload().uid())).toList();
    }

    private Endpoint weighted(List<Endpoint> from) {
        ToIntFunction<Endpoint> weight = e -> Math.max(1, e.workload().capacity());
        long total = 0;
        for (Endpoint endpoint : from) {
            total += weight.applyAsInt(endpoint);
        }
        long point = random.nextLong(total);
        for (Endpoint endpoint : from) {
            point -= weight.applyAsInt(endpoint);
            if (point < 0) {
                return endpoint;
            }
        }
        return from.getLast();
    }

    private Endpoint lessLoaded(Endpoint a, Endpoint b) {
        return peek(b).active() < peek(a).active() ? b : a;
    }

    private EndpointLoad peek(Endpoint endpoint) {
        return loads.getOrDefault(endpoint.workload().uid(), IDLE);
    }

    /** The load of an endpoint, to be counted up and down. */
    public EndpointLoad load(Endpoint endpoint) {
        if (loads.size() > MAX_KNOWN) {
            loads.values().removeIf(load -> load.active() == 0);
        }
        return loads.computeIfAbsent(endpoint.workload().uid(), uid -> new EndpointLoad());
    }

    /** Beyond this the loads of endpoints without requests, many of them gone, are forgotten. */
    private static final int MAX_KNOWN = 10_000;
}
