package dev.ambit.policy.l7;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.WaypointPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The AuthorizationPolicies that apply to one service, compiled. Immutable. */
public final class HttpPolicySet {

    final List<CompiledPolicy> dryRunDeny = new ArrayList<>();
    final List<CompiledPolicy> deny = new ArrayList<>();
    final List<CompiledPolicy> dryRunAllow = new ArrayList<>();
    final List<CompiledPolicy> allow = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private HttpPolicySet() {}

    /**
     * @param listener the gateway that serves the service
     * @param policies all policies of the waypoint; those with other targets are left out
     */
    public static HttpPolicySet compile(
            GatewayName listener, NamespacedHostname service, Collection<WaypointPolicy> policies) {
        HttpPolicySet set = new HttpPolicySet();
        // Sorted, so that of several policies that match always the same one is named.
        policies.stream()
                .filter(policy -> applies(policy, listener, service))
                .sorted(Comparator.comparing(WaypointPolicy::key))
                .forEach(set::add);
        return set;
    }

    private static boolean applies(
            WaypointPolicy policy, GatewayName listener, NamespacedHostname service) {
        for (PolicyTarget target : policy.targets()) {
            boolean hit =
                    switch (target) {
                        case PolicyTarget.ToListener to -> to.gateway().equals(listener);
                        case PolicyTarget.ToService to -> to.service().equals(service);
                    };
            if (hit) {
                return true;
            }
        }
        return false;
    }

    private void add(WaypointPolicy policy) {
        switch (policy.spec()) {
            case HttpAuthorization authorization -> add(policy.key(), authorization);
        }
    }

    private void add(String key, HttpAuthorization authorization) {
        PolicyCompiler compiler = new PolicyCompiler(key, authorization.action(), problems);
        CompiledPolicy compiled =
                new CompiledPolicy(
                        key, authorization.rules().stream().map(compiler::rule).toList());
        switch (authorization.action()) {
            case DENY -> (authorization.dryRun() ? dryRunDeny : deny).add(compiled);
            case ALLOW -> (authorization.dryRun() ? dryRunAllow : allow).add(compiled);
            // Marks requests for a provider of audits; there is none to tell.
            case AUDIT -> {}
        }
    }

    boolean isEmpty() {
        return deny.isEmpty() && allow.isEmpty() && dryRunDeny.isEmpty() && dryRunAllow.isEmpty();
    }

    /** What the policies ask for that this proxy cannot judge yet; it never allows. */
    public List<String> problems() {
        return List.copyOf(problems);
    }
}
