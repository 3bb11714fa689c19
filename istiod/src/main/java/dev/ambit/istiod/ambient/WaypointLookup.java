package dev.ambit.istiod.ambient;

import dev.ambit.api.workload.WaypointRef;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Which waypoint an object is attached to: its own label, else its namespace's. Istio's contract: a
 * waypoint that cannot be used leaves the object without one, and the traffic goes direct; the
 * reason is kept for whoever asks.
 */
public final class WaypointLookup {

    /** What the lookup found. */
    public sealed interface Attachment {

        /** No waypoint is asked for. */
        record Unattached() implements Attachment {}

        /**
         * Attached.
         *
         * @param canary the second waypoint and its share, null without
         */
        record Attached(Waypoint waypoint, WaypointRef ref, @Nullable Canary canary)
                implements Attachment {}

        /** One was asked for and cannot be used. */
        record Failed(ObjectName waypoint, Reason reason) implements Attachment {}
    }

    /** A second waypoint and its share of 100. */
    public record Canary(WaypointRef ref, int weight) {}

    /** Why a waypoint cannot be used; the names of Istio's condition reasons. */
    public enum Reason {
        WAYPOINT_IS_MISSING("WaypointIsMissing"),
        WAYPOINT_IS_NOT_READY("WaypointIsNotReady"),
        ATTACHMENT_DENIED("AttachmentDenied"),
        UNSUPPORTED_TRAFFIC_TYPE("UnsupportedTrafficType");

        private final String condition;

        Reason(String condition) {
            this.condition = condition;
        }

        public String condition() {
            return condition;
        }
    }

    /** What an object wants to send through a waypoint. */
    public enum Target {
        SERVICE,
        WORKLOAD
    }

    private final MeshInputs inputs;
    private final Table<ObjectName, Waypoint> waypoints;
    private final Table<ObjectName, WaypointChoice> namespaceChoices;

    WaypointLookup(
            MeshInputs inputs,
            Table<ObjectName, Waypoint> waypoints,
            Table<ObjectName, WaypointChoice> namespaceChoices) {
        this.inputs = inputs;
        this.waypoints = waypoints;
        this.namespaceChoices = namespaceChoices;
    }

    public Attachment find(Meta object, Target target, Reads reads) {
        String namespace = object.name().namespace();
        WaypointChoice choice = WaypointChoice.of(object, namespace);
        if (choice instanceof WaypointChoice.Unset) {
            WaypointChoice wider = reads.get(namespaceChoices, new ObjectName("", namespace));
            choice = wider == null ? choice : wider;
        }
        return switch (choice) {
            case WaypointChoice.Unset unset -> new Attachment.Unattached();
            case WaypointChoice.OptOut optOut -> new Attachment.Unattached();
            case WaypointChoice.Named named -> attach(named, namespace, target, reads);
        };
    }

    private Attachment attach(
            WaypointChoice.Named named, String namespace, Target target, Reads reads) {
        Attachment primary = usable(named.waypoint(), namespace, target, reads);
        if (!(primary instanceof Attachment.Attached attached)
                || named.canary() == null
                || named.canaryWeight() == 0
                || target == Target.WORKLOAD) {
            return primary;
        }
        // The second waypoint passes the same checks as the first, or gets nothing.
        return usable(named.canary(), namespace, target, reads)
                        instanceof Attachment.Attached second
                ? new Attachment.Attached(
                        attached.waypoint(),
                        attached.ref(),
                        new Canary(second.ref(), named.canaryWeight()))
                : primary;
    }

    private Attachment usable(ObjectName name, String namespace, Target target, Reads reads) {
        Waypoint waypoint = reads.get(waypoints, name);
        if (waypoint == null) {
            return new Attachment.Failed(name, Reason.WAYPOINT_IS_MISSING);
        }
        if (!WaypointRecipe.admits(waypoint, namespace, inputs, reads)) {
            return new Attachment.Failed(name, Reason.ATTACHMENT_DENIED);
        }
        boolean covers =
                switch (target) {
                    case SERVICE -> waypoint.trafficType().coversServices();
                    case WORKLOAD -> waypoint.trafficType().coversWorkloads();
                };
        if (!covers) {
            return new Attachment.Failed(name, Reason.UNSUPPORTED_TRAFFIC_TYPE);
        }
        if (waypoint.ref() == null) {
            return new Attachment.Failed(name, Reason.WAYPOINT_IS_NOT_READY);
        }
        return new Attachment.Attached(waypoint, waypoint.ref(), null);
    }
}
