package dev.ambit.istiod.routing;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.WaypointResource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A resource, the waypoints that get it, and what of the user's object it could not take.
 *
 * @param resource null if nothing of it concerns a waypoint
 * @param problems for the object's status; in the words of {@link Problem}
 */
public record Bound<R extends WaypointResource>(
        @Nullable R resource, Set<GatewayName> waypoints, List<Problem> problems) {

    public Bound {
        waypoints = Set.copyOf(waypoints);
        problems = List.copyOf(problems);
    }
}
