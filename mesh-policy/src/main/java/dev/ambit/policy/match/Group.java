package dev.ambit.policy.match;

import dev.ambit.api.policy.Authorization;

/** Policies of one outcome, in the order they are asked (ambient.md 1.18). */
public enum Group {
    DRY_RUN_DENY,
    DENY,
    DRY_RUN_ALLOW,
    ALLOW;

    /** Where a policy belongs. */
    public static Group of(Authorization policy) {
        return switch (policy.action()) {
            case DENY -> policy.dryRun() ? DRY_RUN_DENY : DENY;
            case ALLOW -> policy.dryRun() ? DRY_RUN_ALLOW : ALLOW;
        };
    }

    /** What a match of one means. */
    Authorization.Action action() {
        return switch (this) {
            case DRY_RUN_DENY, DENY -> Authorization.Action.DENY;
            case DRY_RUN_ALLOW, ALLOW -> Authorization.Action.ALLOW;
        };
    }

    /** Its outcome is told, not enforced. */
    public boolean isDryRun() {
        return this == DRY_RUN_DENY || this == DRY_RUN_ALLOW;
    }
}
