package dev.ambit.waypoint;

import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.api.waypoint.WaypointRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routes for tests, in the words of an HTTPRoute. */
final class Routes {

    private final String service;
    private final List<RouteFilter> filters = new ArrayList<>();
    private final List<Backend> backends = new ArrayList<>();
    private final List<RequestMatch> matches = new ArrayList<>();
    private Timeouts timeouts = Timeouts.NONE;
    private @Nullable Retry retry;

    private Routes(String service) {
        this.service = service;
    }

    /** The only route of a service, with one rule. */
    static Routes of(String service) {
        return new Routes(service);
    }

    static BackendRef to(String service) {
        return new BackendRef.ToService(TestMesh.host(service), TestMesh.PORT);
    }

    Routes backend(String to, int weight) {
        backends.add(new Backend(to(to), weight, List.of()));
        return this;
    }

    Routes backend(BackendRef to) {
        backends.add(new Backend(to, 1, List.of()));
        return this;
    }

    Routes prefix(String path) {
        matches.add(new RequestMatch(new PathMatch.Prefix(path), List.of(), List.of(), ""));
        return this;
    }

    Routes filter(RouteFilter filter) {
        filters.add(filter);
        return this;
    }

    Routes timeouts(Duration request, Duration backendRequest) {
        timeouts = new Timeouts(request, backendRequest);
        return this;
    }

    Routes retry(int attempts, Integer... codes) {
        retry = new Retry(attempts, List.of(codes), Duration.ofMillis(1));
        return this;
    }

    WaypointRoute build() {
        return new WaypointRoute(
                WaypointRoute.HTTP_ROUTE,
                TestMesh.NAMESPACE,
                service,
                Instant.EPOCH,
                List.of(new Parent.ToService(TestMesh.host(service), 0)),
                List.of(),
                List.of(new RouteRule("rule", matches, filters, backends, timeouts, retry)));
    }
}
