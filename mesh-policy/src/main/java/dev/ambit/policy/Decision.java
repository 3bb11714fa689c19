package dev.ambit.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a connection or a request may go on, and which policy said so. */
public sealed interface Decision {

    /** What dry-run policies would have done. */
    List<DryRun> dryRuns();

    default boolean isAllowed() {
        return this instanceof Allowed;
    }

    /**
     * It may.
     *
     * @param policy {@code namespace/name} of the policy that allowed; null where none had to
     */
    record Allowed(@Nullable String policy, List<DryRun> dryRuns) implements Decision {

        /** No policy asked, no dry run: the usual answer. */
        public static final Allowed FREELY = new Allowed(null, List.of());
    }

    /**
     * It may not.
     *
     * @param policy {@code namespace/name} of the policy that denied; null where none allowed
     * @param reason for the log; the peer is not told
     */
    record Denied(@Nullable String policy, String reason, List<DryRun> dryRuns)
            implements Decision {}

    /**
     * What would have happened.
     *
     * @param policy null where no dry-run ALLOW policy matched
     */
    record DryRun(@Nullable String policy, boolean wouldDeny) {}
}
