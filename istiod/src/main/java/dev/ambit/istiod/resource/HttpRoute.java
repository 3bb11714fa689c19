package dev.ambit.istiod.resource;

import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.Timeouts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTPRoute, checked, with its references as they are written. */
public record HttpRoute(
        Meta meta, List<ParentRef> parents, List<String> hostnames, List<Rule> rules)
        implements MeshObject {

    public HttpRoute {
        parents = List.copyOf(parents);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
    }

    /**
     * What it attaches to.
     *
     * @param group "" for the core group
     * @param namespace the route's own where none is written
     * @param sectionName "" for every listener
     * @param port 0 for every port
     */
    public record ParentRef(
            String group,
            String kind,
            String namespace,
            String name,
            String sectionName,
            int port) {}

    /** One rule; see {@link dev.ambit.api.waypoint.RouteRule}. */
    public record Rule(
            String name,
            List<RequestMatch> matches,
            List<Filter> filters,
            List<Backend> backends,
            Timeouts timeouts,
            @Nullable Retry retry) {
        public Rule {
            matches = List.copyOf(matches);
            filters = List.copyOf(filters);
            backends = List.copyOf(backends);
        }
    }

    /** Where requests go, and their share. */
    public record Backend(BackendRef ref, int weight, List<Filter> filters) {
        public Backend {
            filters = List.copyOf(filters);
        }
    }

    /**
     * A backend as it is written.
     *
     * @param namespace the route's own where none is written
     * @param port 0 where none is written
     */
    public record BackendRef(String group, String kind, String namespace, String name, int port) {}

    /** A filter, before its references are looked up. */
    public sealed interface Filter {

        /** Complete as it is. */
        record Complete(RouteFilter filter) implements Filter {}

        /**
         * A mirror, whose backend is yet to be found.
         *
         * @param millionths share of requests copied
         */
        record Mirror(BackendRef ref, int millionths) implements Filter {}
    }
}
