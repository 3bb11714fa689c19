package dev.ambit.policy.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Which connections of a workload get a line.
 *
 * @param inbound those it accepts
 * @param outbound those it opens
 * @param filter which of these; null is all
 * @param sampling which part of those that ended well, 0 to 1; a failure is always told
 */
public record AccessRule(
        boolean inbound, boolean outbound, @Nullable AccessFilter filter, double sampling) {

    /** Everything, as upstream. */
    public static final AccessRule ALL = new AccessRule(true, true, null, 1);

    public AccessRule {
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new IllegalArgumentException("sampling: " + sampling + " (expected: 0 to 1)");
        }
    }

    /**
     * @param dice evenly from 0 to below 1
     */
    public boolean accepts(AccessFacts facts, double dice) {
        return (facts.inbound() ? inbound : outbound)
                && (facts.failed() || sampling >= 1 || dice < sampling)
                && (filter == null || filter.accepts(facts));
    }
}
