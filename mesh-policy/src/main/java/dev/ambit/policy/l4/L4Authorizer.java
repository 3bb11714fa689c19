package dev.ambit.policy.l4;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.DryRun;
import dev.ambit.policy.match.Group;
import dev.ambit.policy.match.PolicyMatcher;
import dev.ambit.policy.state.MeshView;
import dev.ambit.policy.state.PolicyChange;
import dev.ambit.policy.state.PolicySet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connection may reach a workload (ambient.md 1.18): any DENY that matches denies; where
 * ALLOW policies apply, one of them must match. Pure.
 */
public final class L4Authorizer {

    /** What log lines say before a denial's reason. */
    public static final String REJECTION = "connection closed due to policy rejection: ";

    /** What they say when an open connection is cut. */
    public static final String POLICY_CHANGE = "connection closed due to policy change";

    public static final String NONE_ALLOWED = "allow policies exist, but none allowed";

    private static final String DENIED_BY = "explicitly denied by: ";

    private L4Authorizer() {}

    public static Decision decide(ConnectionFacts connection, Workload destination, MeshView mesh) {
        return decide(connection, mesh.policies(destination));
    }

    /** For policies already collected. */
    public static Decision decide(ConnectionFacts connection, PolicySet policies) {
        if (policies.isEmpty()) {
            return Decision.Allowed.FREELY;
        }
        PolicyMatcher matcher = new PolicyMatcher(connection);
        List<DryRun> dryRuns = dryRuns(matcher, policies);
        Authorization denying = policies.first(Group.DENY, matcher);
        if (denying != null) {
            return new Decision.Denied(denying.key(), DENIED_BY + denying.key(), dryRuns);
        }
        String blocking = policies.blocking();
        if (blocking != null) {
            return new Decision.Denied(null, blocking, dryRuns);
        }
        if (!policies.has(Group.ALLOW)) {
            return dryRuns.isEmpty()
                    ? Decision.Allowed.FREELY
                    : new Decision.Allowed(null, dryRuns);
        }
        Authorization allowing = policies.first(Group.ALLOW, matcher);
        return allowing == null
                ? new Decision.Denied(null, NONE_ALLOWED, dryRuns)
                : new Decision.Allowed(allowing.key(), dryRuns);
    }

    private static List<DryRun> dryRuns(PolicyMatcher matcher, PolicySet policies) {
        boolean allows = policies.has(Group.DRY_RUN_ALLOW);
        if (!allows && !policies.has(Group.DRY_RUN_DENY)) {
            return List.of();
        }
        List<DryRun> results = new ArrayList<>(2);
        Authorization denying = policies.first(Group.DRY_RUN_DENY, matcher);
        if (denying != null) {
            results.add(new DryRun(denying.key(), true));
        }
        if (allows) {
            Authorization allowing = policies.first(Group.DRY_RUN_ALLOW, matcher);
            results.add(
                    allowing == null ? new DryRun(null, true) : new DryRun(allowing.key(), false));
        }
        return results;
    }

    /**
     * Whether a connection that was allowed before may be denied after a change of policies, so
     * that it has to be asked again: where a DENY now matches it, where what allowed it is gone,
     * where its workload has others than before.
     */
    public static boolean mayDeny(
            PolicyChange change, ConnectionFacts connection, Workload destination) {
        if (!change.concerns(destination)) {
            return false;
        }
        if (change.reassigns(destination)) {
            return true;
        }
        PolicyMatcher matcher = new PolicyMatcher(connection);
        for (PolicyChange.Changed changed : change.policies()) {
            // One that is gone but still named is unknown from now on, which may deny all.
            boolean unknown =
                    changed.after() == null
                            && destination.authorizationPolicies().contains(changed.key());
            if (unknown || mayDeny(changed, matcher)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayDeny(PolicyChange.Changed changed, PolicyMatcher matcher) {
        Authorization before = changed.before();
        Authorization after = changed.after();
        boolean allowed = before != null && Group.of(before) == Group.ALLOW;
        boolean allows = after != null && Group.of(after) == Group.ALLOW;
        // The first ALLOW denies all others; a policy that has moved applies elsewhere.
        boolean moved = before != null && after != null && before.scope() != after.scope();
        return moved
                || (allows && !allowed)
                || matches(before, Group.ALLOW, matcher)
                || matches(after, Group.DENY, matcher);
    }

    private static boolean matches(
            @Nullable Authorization policy, Group group, PolicyMatcher matcher) {
        return policy != null && Group.of(policy) == group && matcher.matches(policy);
    }
}
