package dev.ambit.policy.match;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Rule;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One connection's search through one {@link RuleIndex}: of the rules it is offered it keeps the
 * first that matches. Lives for one decision.
 */
final class RuleSearch {

    static final int NONE = Integer.MAX_VALUE;

    private final PolicyMatcher matcher;
    private final Authorization.Action action;
    private final Rule[] rules;
    private final int[] policyOf;
    private final @Nullable BitSet dead;
    private int first = NONE;

    /**
     * @param dead ordinals of policies that no longer count; null for none
     */
    RuleSearch(
            PolicyMatcher matcher,
            Authorization.Action action,
            Rule[] rules,
            int[] policyOf,
            @Nullable BitSet dead) {
        this.matcher = matcher;
        this.action = action;
        this.rules = rules;
        this.policyOf = policyOf;
        this.dead = dead;
    }

    /** The first rule that matches, or {@link #NONE}. */
    int first() {
        return first;
    }

    /**
     * @param ids of rules that may match, ascending; null for none
     */
    void offer(int @Nullable [] ids) {
        if (ids == null) {
            return;
        }
        for (int id : ids) {
            if (id >= first) {
                return;
            }
            if ((dead == null || !dead.get(policyOf[id])) && matcher.matches(rules[id], action)) {
                first = id;
                return;
            }
        }
    }
}
