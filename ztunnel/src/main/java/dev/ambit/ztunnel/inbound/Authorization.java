package dev.ambit.ztunnel.inbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.state.PolicySet;
import dev.ambit.runtime.log.Level;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.policy.PodLoop;

/** Asks the policies and writes down what they said. */
final class Authorization {

    private static final Log LOG = Log.get("state::policy");

    private Authorization() {}

    static Decision decide(PodLoop pod, ConnectionFacts facts, Workload destination) {
        PolicySet policies = pod.mesh().policies(destination);
        if (!policies.missing().isEmpty() && policies.blocking() == null) {
            // Istio's contract: what has not been received does not count (ambient.md 1.18).
            LOG.warn(
                    "policies not known are skipped",
                    "workload",
                    destination.uid(),
                    "policies",
                    String.join(", ", policies.missing()));
        }
        Decision decision = L4Authorizer.decide(facts, policies);
        Level level = pod.options().policyInfoLogging() ? Level.INFO : Level.DEBUG;
        if (LOG.enabled(level)) {
            log(level, facts, decision);
        }
        return decision;
    }

    private static void log(Level level, ConnectionFacts facts, Decision decision) {
        String source = facts.source().toString();
        String destination = facts.destination().toString();
        for (Decision.DryRun dryRun : decision.dryRuns()) {
            LOG.log(
                    level,
                    dryRun.wouldDeny() ? "dry run: would deny" : "dry run: would allow",
                    "policy",
                    dryRun.policy(),
                    "src",
                    source,
                    "dst",
                    destination);
        }
        switch (decision) {
            case Decision.Allowed allowed ->
                    LOG.log(
                            level,
                            "allowed",
                            "policy",
                            allowed.policy(),
                            "src",
                            source,
                            "dst",
                            destination);
            case Decision.Denied denied ->
                    LOG.log(
                            level,
                            "denied",
                            "policy",
                            denied.policy(),
                            "reason",
                            denied.reason(),
                            "src",
                            source,
                            "dst",
                            destination);
        }
    }
}
