package dev.ambit.api.waypoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the requests that match.
 *
 * @param matches any of them; none: every request
 * @param retry null: {@link Retry#DEFAULT}
 */
public record RouteRule(
        String name,
        List<RequestMatch> matches,
        List<RouteFilter> filters,
        List<Backend> backends,
        Timeouts timeouts,
        @Nullable Retry retry) {

    public RouteRule {
        matches = List.copyOf(matches);
        filters = List.copyOf(filters);
        backends = List.copyOf(backends);
    }
}
