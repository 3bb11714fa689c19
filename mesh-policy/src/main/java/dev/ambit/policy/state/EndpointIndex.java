package dev.ambit.policy.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which workloads are endpoints of which service. A workload may name a service before anyone sent
 * it; such endpoints are staged and appear with the service. Written by {@link MeshState}, which
 * publishes once per push what changed in it.
 */
final class EndpointIndex {

    /** The writer's: every endpoint, healthy or not, by uid. */
    private final Map<NamespacedHostname, Map<String, Endpoint>> all = new HashMap<>();

    private final Set<NamespacedHostname> touched = new HashSet<>();

    /** The readers': what may get connections. */
    private final ConcurrentHashMap<NamespacedHostname, Endpoints> published =
            new ConcurrentHashMap<>();

    private final ConcurrentHashMap<NamespacedHostname, List<Endpoint>> staged =
            new ConcurrentHashMap<>();

    Endpoints of(NamespacedHostname service) {
        return published.getOrDefault(service, Endpoints.NONE);
    }

    Map<NamespacedHostname, List<Endpoint>> staged() {
        return Map.copyOf(staged);
    }

    void replace(@Nullable Workload out, @Nullable Workload in) {
        if (out != null) {
            for (NamespacedHostname service : out.services().keySet()) {
                if (in == null || !in.services().containsKey(service)) {
                    remove(service, out.uid());
                }
            }
        }
        if (in != null) {
            for (Map.Entry<NamespacedHostname, List<Port>> entry : in.services().entrySet()) {
                touched.add(entry.getKey());
                all.computeIfAbsent(entry.getKey(), k -> new LinkedHashMap<>())
                        .put(in.uid(), new Endpoint(in, entry.getValue()));
            }
        }
    }

    private void remove(NamespacedHostname service, String uid) {
        touched.add(service);
        Map<String, Endpoint> endpoints = all.get(service);
        if (endpoints != null) {
            endpoints.remove(uid);
            if (endpoints.isEmpty()) {
                all.remove(service);
            }
        }
    }

    /** The service itself came, changed or went. */
    void touch(NamespacedHostname service) {
        touched.add(service);
    }

    void publish(ServiceIndex services) {
        for (NamespacedHostname name : touched) {
            Map<String, Endpoint> endpoints = all.getOrDefault(name, Map.of());
            MeshService service = services.byName(name);
            if (endpoints.isEmpty()) {
                published.remove(name);
                staged.remove(name);
            } else if (service == null) {
                published.remove(name);
                staged.put(name, List.copyOf(endpoints.values()));
            } else {
                published.put(name, usable(service, endpoints));
                staged.remove(name);
            }
        }
        touched.clear();
    }

    private static Endpoints usable(MeshService service, Map<String, Endpoint> endpoints) {
        if (service.loadBalancing().healthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL) {
            return new Endpoints(endpoints.values());
        }
        List<Endpoint> healthy = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints.values()) {
            if (endpoint.workload().isHealthy()) {
                healthy.add(endpoint);
            }
        }
        return new Endpoints(healthy);
    }
}
