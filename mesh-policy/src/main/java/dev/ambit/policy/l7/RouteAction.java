package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.Timeouts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done with a request. */
public sealed interface RouteAction {

    /**
     * Send it on.
     *
     * @param rule null for a service without routes
     * @param to never {@link BackendRef.Invalid}
     * @param filters the rule's, then the backend's; redirects and direct answers are not among
     *     them
     * @param matchedPrefix the path prefix the rule matched, empty if it matched otherwise
     */
    record Forward(
            @Nullable RouteName rule,
            BackendRef.ToService to,
            List<RouteFilter> filters,
            String matchedPrefix,
            Timeouts timeouts,
            Retry retry)
            implements RouteAction {}

    /**
     * Answer with another address.
     *
     * @param filters those that change the answer
     */
    record Redirect(
            @Nullable RouteName rule, int status, String location, List<RouteFilter> filters)
            implements RouteAction {}

    /**
     * Answer.
     *
     * @param reason for the log: what could not be done, or empty if the user asked for this answer
     */
    record Respond(
            @Nullable RouteName rule,
            int status,
            String body,
            String reason,
            List<RouteFilter> filters)
            implements RouteAction {}
}
