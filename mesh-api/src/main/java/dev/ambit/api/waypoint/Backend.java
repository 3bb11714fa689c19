package dev.ambit.api.waypoint;

import java.util.List;

/** One of the places a rule's requests go to, and its share of them. */
public record Backend(BackendRef to, int weight, List<RouteFilter> filters) {

    public Backend {
        if (weight < 0) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
        }
        filters = List.copyOf(filters);
    }
}
