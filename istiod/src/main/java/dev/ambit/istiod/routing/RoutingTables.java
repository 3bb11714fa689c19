package dev.ambit.istiod.routing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.ambient.Waypoint;
import dev.ambit.istiod.live.DerivedTable;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.ObjectName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The derived tables behind {@code ambit.waypoint.v1}, in the order a wave takes them: listeners,
 * routes, the services those name, policies, and last what each waypoint gets of all that. Confined
 * to the mesh loop.
 */
public final class RoutingTables {

    private final DerivedTable<ObjectName, WaypointListener> listeners;
    private final DerivedTable<ObjectName, Bound<WaypointRoute>> routes;
    private final DerivedTable<NamespacedHostname, WaypointService> services;
    private final DerivedTable<ObjectName, Bound<WaypointPolicy>> policies;
    private final DerivedTable<ObjectName, WaypointScope> scopes;

    public RoutingTables(
            TableGraph graph, MeshInputs inputs, MeshSettings settings, AmbientTables ambient) {
        listeners =
                graph.derived(
                        "waypointListeners",
                        ambient.waypoints(),
                        (name, reads) -> listener(reads.get(ambient.waypoints(), name)));
        MeshDirectory directory = directory(graph, inputs, settings, ambient);
        routes =
                graph.derived(
                        "waypointRoutes", inputs.httpRoutes, new WaypointRoutes(inputs, directory));
        IndexTable<NamespacedHostname, ObjectName> routesByBackend =
                graph.index("routesByBackend", routes, (k, v) -> backends(v));
        services =
                graph.derived(
                        "waypointServices",
                        ambient.services(),
                        new WaypointServices(ambient.services(), routesByBackend, directory));
        policies =
                graph.derived(
                        "waypointPolicies",
                        inputs.authorizationPolicies,
                        new WaypointPolicies(
                                inputs,
                                settings,
                                directory,
                                new WaypointPolicies.Sources(
                                        ambient.waypoints(),
                                        graph.index(
                                                "gatewaysByClass",
                                                inputs.gateways,
                                                (k, v) -> List.of(v.className())))));
        scopes = scopes(graph, ambient);
    }

    private static MeshDirectory directory(
            TableGraph graph, MeshInputs inputs, MeshSettings settings, AmbientTables ambient) {
        IndexTable<WaypointRef, ObjectName> byRef =
                graph.index("waypointsByRef", ambient.waypoints(), (k, v) -> refs(v));
        IndexTable<String, NamespacedHostname> byHostname =
                graph.index(
                        "servicesByHostname", ambient.services(), (k, v) -> List.of(k.hostname()));
        return new MeshDirectory(
                inputs, settings, new MeshDirectory.Sources(ambient.services(), byRef, byHostname));
    }

    private DerivedTable<ObjectName, WaypointScope> scopes(
            TableGraph graph, AmbientTables ambient) {
        IndexTable<GatewayName, NamespacedHostname> servicesOf =
                graph.index("servicesOfWaypoint", services, (k, v) -> List.copyOf(v.waypoints()));
        IndexTable<GatewayName, ObjectName> routesOf =
                graph.index("routesOfWaypoint", routes, (k, v) -> List.copyOf(v.waypoints()));
        IndexTable<GatewayName, ObjectName> policiesOf =
                graph.index("policiesOfWaypoint", policies, (k, v) -> List.copyOf(v.waypoints()));
        return graph.derived(
                "waypointScopes",
                ambient.waypoints(),
                (name, reads) -> {
                    GatewayName gateway = MeshDirectory.gateway(name);
                    Set<NamespacedHostname> wanted = new HashSet<>(reads.find(servicesOf, gateway));
                    for (ObjectName route : reads.find(routesOf, gateway)) {
                        wanted.addAll(backends(reads.get(routes, route)));
                    }
                    return new WaypointScope(
                            wanted, reads.find(routesOf, gateway), reads.find(policiesOf, gateway));
                });
    }

    private static @Nullable WaypointListener listener(@Nullable Waypoint waypoint) {
        if (waypoint == null) {
            return null;
        }
        WaypointRef ref = waypoint.ref();
        return new WaypointListener(
                MeshDirectory.gateway(waypoint.name()),
                waypoint.trafficType(),
                // Deployments of waypoints run under an account of the gateway's own name.
                waypoint.name().name(),
                ref == null ? WaypointRef.DEFAULT_HBONE_PORT : ref.hbonePort());
    }

    private static List<WaypointRef> refs(Waypoint waypoint) {
        WaypointRef ref = waypoint.ref();
        return ref == null ? List.of() : List.of(ref);
    }

    private static Set<NamespacedHostname> backends(@Nullable Bound<WaypointRoute> route) {
        WaypointRoute resource = route == null ? null : route.resource();
        return resource == null ? Set.of() : WaypointRoutes.backends(resource);
    }

    /** By gateway. */
    public DerivedTable<ObjectName, WaypointListener> listeners() {
        return listeners;
    }

    /** By name of the service; only those that concern a waypoint. */
    public DerivedTable<NamespacedHostname, WaypointService> services() {
        return services;
    }

    /** By name of the HTTPRoute; those without a resource are there for their problems. */
    public DerivedTable<ObjectName, Bound<WaypointRoute>> routes() {
        return routes;
    }

    /**
     * By name of the AuthorizationPolicy; those without a resource are there for their problems.
     */
    public DerivedTable<ObjectName, Bound<WaypointPolicy>> policies() {
        return policies;
    }

    /** What each waypoint gets, by gateway. */
    public DerivedTable<ObjectName, WaypointScope> scopes() {
        return scopes;
    }
}
