package dev.ambit.waypoint.xds;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.policy.l7.HttpPolicySet;
import dev.ambit.policy.l7.RouteTable;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Log;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds the latest good resources by name and compiles them to one snapshot after each push. What a
 * service is compiled from is remembered, so a push costs what it changed. Confined to the thread
 * of the subscription; the snapshot is for everybody.
 */
public final class SnapshotCompiler {

    private static final Log LOG = Log.get("xds");

    private record Sources(
            WaypointService service, List<WaypointRoute> routes, List<WaypointPolicy> policies) {}

    private final GatewayName gateway;
    private final Live<WaypointSnapshot> snapshot;

    private final Map<String, WaypointListener> listeners = new TreeMap<>();
    private final Map<String, WaypointService> services = new TreeMap<>();
    private final Map<String, WaypointRoute> routes = new TreeMap<>();
    private final Map<String, WaypointPolicy> policies = new TreeMap<>();

    private final Set<String> missing =
            new HashSet<>(
                    Set.of(
                            TypeUrls.WAYPOINT_LISTENER,
                            TypeUrls.WAYPOINT_SERVICE,
                            TypeUrls.WAYPOINT_ROUTE,
                            TypeUrls.WAYPOINT_POLICY));

    private Map<Sources, BoundService> compiled = new HashMap<>();
    private Set<String> problems = Set.of();

    public SnapshotCompiler(GatewayName gateway, Live<WaypointSnapshot> snapshot) {
        this.gateway = gateway;
        this.snapshot = snapshot;
    }

    /** By resource name, to be changed and then compiled. */
    Map<String, WaypointListener> listeners() {
        return listeners;
    }

    Map<String, WaypointService> services() {
        return services;
    }

    Map<String, WaypointRoute> routes() {
        return routes;
    }

    Map<String, WaypointPolicy> policies() {
        return policies;
    }

    /** A type has been heard of, even if there is nothing of it. */
    void heard(String typeUrl) {
        missing.remove(typeUrl);
    }

    /**
     * Publishes what the resources mean now; nothing before every type was heard of once, because
     * services without their policies would be open.
     */
    void compile() {
        if (!missing.isEmpty()) {
            return;
        }
        Map<NamespacedHostname, List<WaypointRoute>> routesOf = routesByService();
        Map<NamespacedHostname, List<WaypointPolicy>> policiesOf = policiesByService();
        Map<Sources, BoundService> next = new HashMap<>();
        Map<NamespacedHostname, BoundService> bound = new HashMap<>();
        Map<NamespacedHostname, WaypointService> backends = new HashMap<>();
        for (WaypointService service : services.values()) {
            backends.put(service.key(), service);
            if (service.waypoints().contains(gateway) && !isOurOwn(service)) {
                Sources sources =
                        new Sources(
                                service,
                                listed(routesOf, service.key()),
                                listed(policiesOf, service.key()));
                BoundService ready = compiled.get(sources);
                next.put(sources, ready != null ? ready : compile(sources));
                bound.put(service.key(), next.get(sources));
            }
        }
        compiled = next;
        report(bound.values());
        snapshot.set(
                new WaypointSnapshot(
                        gateway,
                        waypointFor(),
                        bound,
                        backends,
                        byAddress(bound.values()),
                        byHostname(bound.values()),
                        workloads(routesOf, policiesOf),
                        resources()));
    }

    /** The deployer names our Service after the Gateway; traffic to it is not for us to route. */
    private boolean isOurOwn(WaypointService service) {
        return service.key().namespace().equals(gateway.namespace())
                && service.key()
                        .hostname()
                        .startsWith(gateway.name() + "." + gateway.namespace() + ".svc.");
    }

    private List<WaypointResource> resources() {
        List<WaypointResource> all = new ArrayList<>(listeners.values());
        all.addAll(services.values());
        all.addAll(routes.values());
        all.addAll(policies.values());
        return all;
    }

    private static <T> List<T> listed(
            Map<NamespacedHostname, List<T>> byService, NamespacedHostname service) {
        List<T> all = new ArrayList<>(byService.getOrDefault(service, List.of()));
        all.addAll(byService.getOrDefault(BoundWorkloads.NO_SERVICE, List.of()));
        return all.stream().distinct().toList();
    }

    /** Those of the gateway are under {@link BoundWorkloads#NO_SERVICE}. */
    private Map<NamespacedHostname, List<WaypointRoute>> routesByService() {
        Map<NamespacedHostname, List<WaypointRoute>> found = new HashMap<>();
        for (WaypointRoute route : routes.values()) {
            Set<NamespacedHostname> names = new HashSet<>();
            for (Parent parent : route.parents()) {
                names.add(
                        switch (parent) {
                            case Parent.ToService to -> to.service();
                            case Parent.ToListener to -> BoundWorkloads.NO_SERVICE;
                        });
            }
            names.forEach(n -> found.computeIfAbsent(n, k -> new ArrayList<>()).add(route));
        }
        return found;
    }

    private Map<NamespacedHostname, List<WaypointPolicy>> policiesByService() {
        Map<NamespacedHostname, List<WaypointPolicy>> found = new HashMap<>();
        for (WaypointPolicy policy : policies.values()) {
            Set<NamespacedHostname> names = new HashSet<>();
            for (PolicyTarget target : policy.targets()) {
                names.add(
                        switch (target) {
                            case PolicyTarget.ToService to -> to.service();
                            case PolicyTarget.ToListener to -> BoundWorkloads.NO_SERVICE;
                        });
            }
            names.forEach(n -> found.computeIfAbsent(n, k -> new ArrayList<>()).add(policy));
        }
        return found;
    }

    private BoundService compile(Sources sources) {
        WaypointService service = sources.service();
        Map<Integer, RouteTable> tables = new HashMap<>();
        for (ServicePort port : service.ports()) {
            tables.put(
                    port.port(),
                    RouteTable.compile(gateway, service.key(), port.port(), sources.routes()));
        }
        return new BoundService(
                service, tables, HttpPolicySet.compile(gateway, service.key(), sources.policies()));
    }

    private BoundWorkloads workloads(
            Map<NamespacedHostname, List<WaypointRoute>> routesOf,
            Map<NamespacedHostname, List<WaypointPolicy>> policiesOf) {
        NamespacedHostname none = BoundWorkloads.NO_SERVICE;
        return new BoundWorkloads(
                HttpPolicySet.compile(gateway, none, policiesOf.getOrDefault(none, List.of())),
                RouteTable.compile(
                        gateway,
                        none,
                        BoundWorkloads.ANY_PORT,
                        routesOf.getOrDefault(none, List.of())));
    }

    private TrafficType waypointFor() {
        for (WaypointListener listener : listeners.values()) {
            if (listener.gateway().equals(gateway)) {
                return listener.waypointFor();
            }
        }
        return TrafficType.SERVICE;
    }

    private static Map<NetworkAddress, NamespacedHostname> byAddress(
            Collection<BoundService> bound) {
        Map<NetworkAddress, NamespacedHostname> found = new HashMap<>();
        for (BoundService each : sorted(bound)) {
            for (NetworkAddress vip : each.service().vips()) {
                found.putIfAbsent(vip, each.service().key());
            }
        }
        return found;
    }

    private Map<String, List<NamespacedHostname>> byHostname(Collection<BoundService> bound) {
        Map<String, List<NamespacedHostname>> found = new HashMap<>();
        for (BoundService each : sorted(bound)) {
            NamespacedHostname key = each.service().key();
            List<NamespacedHostname> same =
                    found.computeIfAbsent(key.hostname(), h -> new ArrayList<>(1));
            same.add(key.namespace().equals(gateway.namespace()) ? 0 : same.size(), key);
        }
        found.replaceAll((hostname, names) -> List.copyOf(names));
        return found;
    }

    private static List<BoundService> sorted(Collection<BoundService> bound) {
        return bound.stream()
                .sorted(Comparator.comparing(b -> b.service().key().toString()))
                .toList();
    }

    /** A problem is said once, when it appears. */
    private void report(Collection<BoundService> bound) {
        Set<String> found = new HashSet<>();
        for (BoundService each : bound) {
            String service = each.service().key().toString();
            each.policies().problems().forEach(p -> found.add(service + ": " + p));
            each.routes().values().forEach(t -> t.problems().forEach(p -> found.add(p)));
        }
        for (String problem : found) {
            if (!problems.contains(problem)) {
                LOG.warn("AMB1301 configuration cannot be served as written", "what", problem);
            }
        }
        problems = found;
    }
}
