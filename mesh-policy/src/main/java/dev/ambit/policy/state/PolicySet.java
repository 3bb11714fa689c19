package dev.ambit.policy.state;

import dev.ambit.api.policy.Authorization;
import java.util.List;

/**
 * The policies that apply to one workload, in the order they are asked.
 *
 * @param missing keys the workload names but nobody sent; skipped, as the wire's contract says
 */
public record PolicySet(
        List<Authorization> dryRunDeny,
        List<Authorization> deny,
        List<Authorization> dryRunAllow,
        List<Authorization> allow,
        List<String> missing) {

    /** No policy at all. */
    public static final PolicySet NONE =
            new PolicySet(List.of(), List.of(), List.of(), List.of(), List.of());

    public PolicySet {
        dryRunDeny = List.copyOf(dryRunDeny);
        deny = List.copyOf(deny);
        dryRunAllow = List.copyOf(dryRunAllow);
        allow = List.copyOf(allow);
        missing = List.copyOf(missing);
    }

    /** Nothing to ask. */
    public boolean isEmpty() {
        return deny.isEmpty() && allow.isEmpty() && dryRunDeny.isEmpty() && dryRunAllow.isEmpty();
    }
}
