package dev.ambit.waypoint.exchange;

import dev.ambit.policy.Decision;
import dev.ambit.policy.l7.HttpPolicySet;
import dev.ambit.policy.l7.RouteTable;
import dev.ambit.waypoint.xds.BoundService;
import dev.ambit.waypoint.xds.Target;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import org.jspecify.annotations.Nullable;

/** What decides about requests to a target, in one snapshot. */
public record Rules(HttpPolicySet policies, RouteTable routes) {

    /** Null if the target is not served (any more). */
    public static @Nullable Rules of(WaypointSnapshot snapshot, Target target) {
        return switch (target) {
            case Target.OfService of -> {
                @Nullable BoundService bound = snapshot.bound(of.service());
                @Nullable RouteTable routes = bound == null ? null : bound.routes(of.port());
                yield bound == null || routes == null ? null : new Rules(bound.policies(), routes);
            }
            case Target.OfWorkload of ->
                    snapshot.waypointFor().coversWorkloads()
                            ? new Rules(
                                    snapshot.workloads().policies(), snapshot.workloads().routes())
                            : null;
        };
    }

    /** Which policy said no, as the access log has it. */
    static String denialDetail(Decision.Denied denied) {
        return "rbac_access_denied_matched_policy["
                + (denied.policy() == null ? "none" : denied.policy())
                + "]";
    }
}
