package dev.ambit.istiod.routing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.resource.HttpRoute;
import dev.ambit.istiod.resource.HttpRoute.Filter;
import dev.ambit.istiod.resource.HttpRoute.ParentRef;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.routing.Problem.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * HTTPRoute to {@link WaypointRoute}. A waypoint obeys routes of the service's namespace and of its
 * own, attached to services that go through it. A backend that is not there, or is in another
 * namespace (nobody can have agreed: there are no ReferenceGrants here yet), is told to the
 * waypoint as such, so its share of requests gets 500 rather than another backend.
 */
final class WaypointRoutes implements Recipe<ObjectName, Bound<WaypointRoute>> {

    private final MeshInputs inputs;
    private final MeshDirectory directory;

    WaypointRoutes(MeshInputs inputs, MeshDirectory directory) {
        this.inputs = inputs;
        this.directory = directory;
    }

    @Override
    public @Nullable Bound<WaypointRoute> compute(ObjectName name, Reads reads) {
        HttpRoute route = reads.get(inputs.httpRoutes, name);
        return route == null ? null : new Translation(route, reads).result();
    }

    /** One route. */
    private final class Translation {
        private final HttpRoute route;
        private final String namespace;
        private final Reads reads;
        private final List<Problem> problems = new ArrayList<>();
        private final Set<GatewayName> waypoints = new LinkedHashSet<>();

        Translation(HttpRoute route, Reads reads) {
            this.route = route;
            this.namespace = route.meta().name().namespace();
            this.reads = reads;
        }

        Bound<WaypointRoute> result() {
            Set<Parent> parents = new LinkedHashSet<>();
            for (ParentRef ref : route.parents()) {
                addParents(ref, parents);
            }
            if (parents.isEmpty()) {
                return new Bound<>(null, Set.of(), problems);
            }
            WaypointRoute resource =
                    new WaypointRoute(
                            WaypointRoute.HTTP_ROUTE,
                            namespace,
                            route.meta().name().name(),
                            route.meta().created(),
                            List.copyOf(parents),
                            route.hostnames(),
                            route.rules().stream().map(this::rule).toList());
            return new Bound<>(resource, waypoints, problems);
        }

        private void addParents(ParentRef ref, Set<Parent> parents) {
            if (!MeshDirectory.isService(ref.group(), ref.kind())
                    && !MeshDirectory.isServiceEntry(ref.group(), ref.kind())) {
                problem(
                        Reason.INVALID_KIND,
                        "parentRef " + ref.kind() + " (expected: Service or ServiceEntry)");
                return;
            }
            ObjectName name = new ObjectName(ref.namespace(), ref.name());
            List<MeshService> services = directory.services(ref.group(), ref.kind(), name, reads);
            if (services.isEmpty()) {
                problem(Reason.NO_MATCHING_PARENT, "no " + ref.kind() + " " + name);
            }
            for (MeshService service : services) {
                int port = port(ref, service);
                if (port < 0) {
                    problem(
                            Reason.NO_MATCHING_PARENT,
                            ref.kind() + " " + name + " has no port " + describe(ref));
                } else if (attaches(service)) {
                    parents.add(new Parent.ToService(service.key(), port));
                }
            }
        }

        /** Which waypoints obey; noted if none. */
        private boolean attaches(MeshService service) {
            Set<GatewayName> bound = directory.waypoints(service, reads);
            if (bound.isEmpty()) {
                problem(
                        Reason.MISSING_USE_WAYPOINT,
                        "service " + service.key() + " goes through no waypoint");
                return false;
            }
            boolean some = false;
            for (GatewayName waypoint : bound) {
                if (namespace.equals(service.namespace())
                        || namespace.equals(waypoint.namespace())) {
                    waypoints.add(waypoint);
                    some = true;
                }
            }
            if (!some) {
                problem(
                        Reason.NOT_ALLOWED_BY_PARENT,
                        "route of namespace "
                                + namespace
                                + " for service "
                                + service.key()
                                + " (expected: the namespace of the service or of its waypoint)");
            }
            return some;
        }

        /** 0 for every port, -1 if the service has no such port. */
        private int port(ParentRef ref, MeshService service) {
            if (ref.sectionName().isEmpty()) {
                return ref.port() == 0 || service.port(ref.port()) != null ? ref.port() : -1;
            }
            for (Port port : service.ports()) {
                boolean named =
                        directory
                                .portName(service, port.servicePort(), reads)
                                .equals(ref.sectionName());
                if (named && (ref.port() == 0 || ref.port() == port.servicePort())) {
                    return port.servicePort();
                }
            }
            return -1;
        }

        private static String describe(ParentRef ref) {
            return ref.sectionName().isEmpty()
                    ? String.valueOf(ref.port())
                    : "named " + ref.sectionName();
        }

        private RouteRule rule(HttpRoute.Rule rule) {
            return new RouteRule(
                    rule.name(),
                    rule.matches(),
                    filters(rule.filters()),
                    rule.backends().stream()
                            .map(b -> new Backend(to(b.ref()), b.weight(), filters(b.filters())))
                            .toList(),
                    rule.timeouts(),
                    rule.retry());
        }

        private List<RouteFilter> filters(List<Filter> filters) {
            List<RouteFilter> translated = new ArrayList<>();
            for (Filter filter : filters) {
                switch (filter) {
                    case Filter.Complete complete -> translated.add(complete.filter());
                    case Filter.Mirror mirror -> {
                        // A copy that has nowhere to go is not made; the request itself goes on.
                        BackendRef to = to(mirror.ref());
                        if (to instanceof BackendRef.ToService) {
                            translated.add(new RouteFilter.Mirror(to, mirror.millionths()));
                        }
                    }
                }
            }
            return translated;
        }

        private BackendRef to(HttpRoute.BackendRef ref) {
            boolean hostname = MeshDirectory.isHostname(ref.group(), ref.kind());
            ObjectName name = new ObjectName(ref.namespace(), ref.name());
            if (!hostname
                    && !MeshDirectory.isService(ref.group(), ref.kind())
                    && !MeshDirectory.isServiceEntry(ref.group(), ref.kind())) {
                return invalid(
                        Reason.INVALID_KIND,
                        "backendRef "
                                + ref.kind()
                                + " (expected: Service, ServiceEntry or Hostname)");
            }
            if (!hostname && !ref.namespace().equals(namespace)) {
                return invalid(
                        Reason.REF_NOT_PERMITTED,
                        "backend "
                                + name
                                + " is in another namespace, which does not grant it (expected: a"
                                + " backend of namespace "
                                + namespace
                                + ")");
            }
            MeshService service = hostname ? byHostname(ref.name()) : byName(ref, name);
            if (service == null) {
                return invalid(
                        Reason.BACKEND_NOT_FOUND,
                        "no " + ref.kind() + " " + (hostname ? ref.name() : name));
            }
            if (ref.port() == 0 || service.port(ref.port()) == null) {
                return invalid(
                        Reason.BACKEND_NOT_FOUND,
                        "backend " + service.key() + " has no port " + ref.port());
            }
            return new BackendRef.ToService(service.key(), ref.port());
        }

        private @Nullable MeshService byHostname(String hostname) {
            return directory.byHostname(hostname, namespace, reads);
        }

        private @Nullable MeshService byName(HttpRoute.BackendRef ref, ObjectName name) {
            List<MeshService> found = directory.services(ref.group(), ref.kind(), name, reads);
            return found.isEmpty() ? null : found.getFirst();
        }

        private BackendRef invalid(Reason reason, String message) {
            problem(reason, message);
            return new BackendRef.Invalid(message);
        }

        private void problem(Reason reason, String message) {
            Problem problem = new Problem(reason, message);
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
        }
    }

    /** Every service a route sends requests or copies to. */
    static Set<NamespacedHostname> backends(WaypointRoute route) {
        Set<NamespacedHostname> backends = new LinkedHashSet<>();
        for (RouteRule rule : route.rules()) {
            addMirrors(rule.filters(), backends);
            for (Backend backend : rule.backends()) {
                addBackend(backend.to(), backends);
                addMirrors(backend.filters(), backends);
            }
        }
        return backends;
    }

    private static void addMirrors(List<RouteFilter> filters, Set<NamespacedHostname> backends) {
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.Mirror mirror) {
                addBackend(mirror.backend(), backends);
            }
        }
    }

    private static void addBackend(BackendRef to, Set<NamespacedHostname> backends) {
        if (to instanceof BackendRef.ToService service) {
            backends.add(service.service());
        }
    }
}
