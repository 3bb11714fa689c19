package dev.ambit.api.workload;

/** One of several waypoints a service's connections are split between. */
public record WeightedWaypoint(WaypointRef waypoint, int weight) {

    public WeightedWaypoint {
        if (weight < 0) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
        }
    }
}
