package dev.ambit.policy.l4;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.DryRun;
import dev.ambit.policy.state.MeshView;
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
        Authorization denying = firstMatch(matcher, policies.deny());
        if (denying != null) {
            return new Decision.Denied(denying.key(), DENIED_BY + denying.key(), dryRuns);
        }
        if (policies.allow().isEmpty()) {
            return dryRuns.isEmpty()
                    ? Decision.Allowed.FREELY
                    : new Decision.Allowed(null, dryRuns);
        }
        Authorization allowing = firstMatch(matcher, policies.allow());
        return allowing == null
                ? new Decision.Denied(null, NONE_ALLOWED, dryRuns)
                : new Decision.Allowed(allowing.key(), dryRuns);
    }

    private static List<DryRun> dryRuns(PolicyMatcher matcher, PolicySet policies) {
        if (policies.dryRunDeny().isEmpty() && policies.dryRunAllow().isEmpty()) {
            return List.of();
        }
        List<DryRun> results = new ArrayList<>(2);
        Authorization denying = firstMatch(matcher, policies.dryRunDeny());
        if (denying != null) {
            results.add(new DryRun(denying.key(), true));
        }
        if (!policies.dryRunAllow().isEmpty()) {
            Authorization allowing = firstMatch(matcher, policies.dryRunAllow());
            results.add(
                    allowing == null ? new DryRun(null, true) : new DryRun(allowing.key(), false));
        }
        return results;
    }

    private static @Nullable Authorization firstMatch(
            PolicyMatcher matcher, List<Authorization> policies) {
        for (int i = 0; i < policies.size(); i++) {
            if (matcher.matches(policies.get(i))) {
                return policies.get(i);
            }
        }
        return null;
    }
}
