package dev.ambit.api.waypoint;

import java.util.List;

/** A policy attached to a waypoint or to services bound to it. */
public record WaypointPolicy(
        String namespace, String name, List<PolicyTarget> targets, PolicySpec spec)
        implements WaypointResource {

    public WaypointPolicy {
        if (namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "policy: \"" + namespace + "/" + name + "\" (expected: namespace and name)");
        }
        targets = List.copyOf(targets);
    }

    /** {@code namespace/name}, as logs say it. */
    public String key() {
        return namespace + "/" + name;
    }

    @Override
    public String resourceName() {
        return spec.kind() + "/" + namespace + "/" + name;
    }
}
