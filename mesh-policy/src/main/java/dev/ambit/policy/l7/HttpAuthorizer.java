package dev.ambit.policy.l7;

import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.DryRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may go on (ambient.md 3.2): any DENY that matches denies; where ALLOW policies
 * apply, one of them must match. Pure.
 */
public final class HttpAuthorizer {

    /** What a refused client reads. */
    public static final String DENIED_BODY = "RBAC: access denied";

    private static final String NONE_ALLOWED = "allow policies exist, but none allowed";
    private static final String DENIED_BY = "explicitly denied by: ";

    private HttpAuthorizer() {}

    public static Decision decide(HttpFacts request, HttpPolicySet policies) {
        return policies.isEmpty()
                ? Decision.Allowed.FREELY
                : decide(new RequestView(request.connection(), request), policies);
    }

    /** For a connection that is not HTTP: an ALLOW rule that asks for HTTP never matches it. */
    public static Decision decide(ConnectionFacts connection, HttpPolicySet policies) {
        return policies.isEmpty()
                ? Decision.Allowed.FREELY
                : decide(new RequestView(connection, null), policies);
    }

    private static Decision decide(RequestView view, HttpPolicySet policies) {
        List<DryRun> dryRuns = dryRuns(view, policies);
        CompiledPolicy denying = firstMatch(view, policies.deny);
        if (denying != null) {
            return new Decision.Denied(denying.key(), DENIED_BY + denying.key(), dryRuns);
        }
        if (policies.allow.isEmpty()) {
            return dryRuns.isEmpty()
                    ? Decision.Allowed.FREELY
                    : new Decision.Allowed(null, dryRuns);
        }
        CompiledPolicy allowing = firstMatch(view, policies.allow);
        return allowing == null
                ? new Decision.Denied(null, NONE_ALLOWED, dryRuns)
                : new Decision.Allowed(allowing.key(), dryRuns);
    }

    private static List<DryRun> dryRuns(RequestView view, HttpPolicySet policies) {
        if (policies.dryRunDeny.isEmpty() && policies.dryRunAllow.isEmpty()) {
            return List.of();
        }
        List<DryRun> results = new ArrayList<>(2);
        CompiledPolicy denying = firstMatch(view, policies.dryRunDeny);
        if (denying != null) {
            results.add(new DryRun(denying.key(), true));
        }
        if (!policies.dryRunAllow.isEmpty()) {
            CompiledPolicy allowing = firstMatch(view, policies.dryRunAllow);
            results.add(
                    allowing == null ? new DryRun(null, true) : new DryRun(allowing.key(), false));
        }
        return results;
    }

    private static @Nullable CompiledPolicy firstMatch(
            RequestView view, List<CompiledPolicy> policies) {
        for (int i = 0; i < policies.size(); i++) {
            if (policies.get(i).matches(view)) {
                return policies.get(i);
            }
        }
        return null;
    }
}
