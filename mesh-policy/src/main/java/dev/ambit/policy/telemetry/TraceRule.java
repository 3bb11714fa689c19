package dev.ambit.policy.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Which connections of a workload get a span.
 *
 * @param inbound those it accepts
 * @param outbound those it opens
 * @param sampling which part of the traces that begin with it, 0 to 1; null: as the process is told
 */
public record TraceRule(boolean inbound, boolean outbound, @Nullable Double sampling) {

    public TraceRule {
        if (sampling != null && !(sampling >= 0 && sampling <= 1)) {
            throw new IllegalArgumentException("sampling: " + sampling + " (expected: 0 to 1)");
        }
    }

    /** Whether connections of that side get a span. */
    public boolean reports(boolean accepted) {
        return accepted ? inbound : outbound;
    }
}
