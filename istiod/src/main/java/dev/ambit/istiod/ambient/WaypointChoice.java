package dev.ambit.istiod.ambient;

import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.ObjectName;
import org.jspecify.annotations.Nullable;

/** Which waypoint an object or a namespace asks for by its labels. */
public sealed interface WaypointChoice {

    /** Nothing is said: the wider scope decides. */
    record Unset() implements WaypointChoice {}

    /** {@code none}: no waypoint, whatever the wider scope says. */
    record OptOut() implements WaypointChoice {}

    /**
     * A waypoint by name.
     *
     * @param canary a second one that gets some of the connections; null without
     * @param canaryWeight of 100
     */
    record Named(ObjectName waypoint, @Nullable ObjectName canary, int canaryWeight)
            implements WaypointChoice {}

    /** Reads the labels of an object of this namespace. */
    static WaypointChoice of(Meta meta, String namespace) {
        String name = meta.label(MeshLabels.USE_WAYPOINT).orElse("");
        if (name.isEmpty()) {
            return new Unset();
        }
        if (name.equals("none")) {
            return new OptOut();
        }
        String in = meta.label(MeshLabels.USE_WAYPOINT_NAMESPACE).orElse(namespace);
        ObjectName canary =
                meta.label(MeshLabels.CANARY_WAYPOINT)
                        .filter(c -> !c.isEmpty() && !c.equals("none"))
                        .map(
                                c ->
                                        new ObjectName(
                                                meta.label(MeshLabels.CANARY_WAYPOINT_NAMESPACE)
                                                        .orElse(namespace),
                                                c))
                        .orElse(null);
        return new Named(new ObjectName(in, name), canary, weight(meta));
    }

    private static int weight(Meta meta) {
        String text = meta.annotation(MeshLabels.CANARY_WAYPOINT_WEIGHT).orElse("0");
        return text.matches("[0-9]{1,3}") ? Math.min(100, Integer.parseInt(text)) : 0;
    }
}
