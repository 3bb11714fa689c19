package dev.ambit.policy.explain;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.explain.Explanation.Judgement;
import dev.ambit.policy.explain.Explanation.PolicyAnswer;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.match.Group;
import dev.ambit.policy.match.Mismatch;
import dev.ambit.policy.match.PolicyMatcher;
import dev.ambit.policy.state.MeshView;
import dev.ambit.policy.state.PolicySet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has a connection judged by {@link L4Authorizer} and lays beside it what each policy says on its
 * own. Pure.
 */
final class Judge {

    private Judge() {}

    static Judgement judge(ConnectionFacts connection, Workload workload, MeshView mesh) {
        // One state for both, or they could contradict each other.
        PolicySet policies = mesh.policies(workload);
        Decision decision = L4Authorizer.decide(connection, policies);
        PolicyMatcher matcher = new PolicyMatcher(connection);
        List<PolicyAnswer> answers = new ArrayList<>();
        int rule = 0;
        for (Group group : Group.values()) {
            for (Authorization policy : policies.policies(group)) {
                int matching = matcher.firstRule(policy);
                boolean decides = !group.isDryRun() && policy.key().equals(policyOf(decision));
                if (decides) {
                    rule = matching;
                }
                answers.add(
                        new PolicyAnswer(
                                policy.key(),
                                policy.scope(),
                                group,
                                matching,
                                matching > 0
                                        ? "rule " + matching + " matches"
                                        : whyNot(policy, matcher, connection),
                                decides));
            }
        }
        return new Judgement(
                workload.uid(),
                connection.identity(),
                connection.source(),
                connection.destination(),
                answers,
                policies.missing(),
                decision,
                rule);
    }

    static @Nullable String policyOf(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed.policy();
            case Decision.Denied denied -> denied.policy();
        };
    }

    private static String whyNot(
            Authorization policy, PolicyMatcher matcher, ConnectionFacts connection) {
        if (policy.rules().isEmpty()) {
            return "it has no rules";
        }
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            for (Clause clause : rule.clauses()) {
                String reason = whyNot(clause, policy, matcher, connection);
                if (reason != null) {
                    reasons.add("rule " + (i + 1) + ": " + reason);
                    break;
                }
            }
        }
        return String.join("; ", reasons);
    }

    /** Null if it matches. */
    private static @Nullable String whyNot(
            Clause clause,
            Authorization policy,
            PolicyMatcher matcher,
            ConnectionFacts connection) {
        List<String> reasons = new ArrayList<>();
        for (Match match : clause.matches()) {
            Mismatch mismatch = matcher.mismatch(match, policy.action());
            if (mismatch == null) {
                return null;
            }
            String reason = mismatch.in(connection);
            if (!reasons.contains(reason)) {
                reasons.add(reason);
            }
        }
        return clause.matches().isEmpty() ? null : String.join(", and ", reasons);
    }
}
