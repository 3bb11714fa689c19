package dev.ambit.api.waypoint;

/** One resource of a type of {@code ambit.waypoint.v1}. */
public sealed interface WaypointResource
        permits WaypointListener, WaypointService, WaypointRoute, WaypointPolicy {

    /** Its name on the stream: {@code kind/namespace/name}. */
    String resourceName();
}
