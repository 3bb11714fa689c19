package dev.ambit.policy.match;

import dev.ambit.api.policy.Authorization;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Policies that apply together, in order, compiled. Few changes to many policies are compiled by
 * themselves and laid over what is there; now and then all is compiled anew. Never changes: {@link
 * #with} makes another. Any thread.
 */
public final class PolicyLayer {

    /** No policy. */
    public static final PolicyLayer EMPTY = of(List.of());

    /** Layers of more are compiled by who makes them, not by the first connection that asks. */
    private static final int SMALL = 32;

    /**
     * @param dead places in the base of what the changes replace
     */
    private record Compiled(Segment base, @Nullable Segment changes, @Nullable BitSet dead) {}

    /** Policies in order and an index for each group of them. */
    private static final class Segment {
        private final List<Authorization> policies;
        private final Map<Group, RuleIndex> groups = new EnumMap<>(Group.class);

        Segment(Collection<Authorization> policies) {
            this.policies = List.copyOf(policies);
            for (Group group : Group.values()) {
                groups.put(group, new RuleIndex(this.policies, group));
            }
        }

        @Nullable Authorization first(Group group, PolicyMatcher matcher, @Nullable BitSet dead) {
            int place = Objects.requireNonNull(groups.get(group)).first(matcher, dead);
            return place == RuleSearch.NONE ? null : policies.get(place);
        }
    }

    private final List<Authorization> policies;
    private final Set<Group> groups = EnumSet.noneOf(Group.class);

    /** Made when first asked for; made twice it is the same. Read by every loop. */
    private volatile @Nullable Compiled compiled;

    private PolicyLayer(Collection<Authorization> policies, @Nullable Compiled compiled) {
        this.policies = List.copyOf(policies);
        this.compiled = compiled;
        for (Authorization policy : this.policies) {
            groups.add(Group.of(policy));
        }
        if (compiled == null && this.policies.size() > SMALL) {
            this.compiled = new Compiled(new Segment(this.policies), null, null);
        }
    }

    /** In that order. */
    public static PolicyLayer of(Collection<Authorization> policies) {
        return new PolicyLayer(policies, null);
    }

    /** In the order they are asked. */
    public List<Authorization> policies() {
        return policies;
    }

    /** Whether a policy of that outcome applies at all. */
    public boolean has(Group group) {
        return groups.contains(group);
    }

    /**
     * Another layer, sorted by key.
     *
     * @param changed by key; policies and, where there is none any more, no value
     */
    public PolicyLayer with(Map<String, Change> changed) {
        NavigableMap<String, Authorization> after = new TreeMap<>();
        policies.forEach(policy -> after.put(policy.key(), policy));
        changed.forEach((key, change) -> change.putInto(after, key));
        return new PolicyLayer(after.values(), incrementally(changed));
    }

    /** A policy's value from now on; null for none. */
    public record Change(@Nullable Authorization policy) {
        private void putInto(Map<String, Authorization> policies, String key) {
            if (policy == null) {
                policies.remove(key);
            } else {
                policies.put(key, policy);
            }
        }
    }

    /** Null where compiling all is no more work. */
    private @Nullable Compiled incrementally(Map<String, Change> changed) {
        Compiled before = compiled;
        if (before == null) {
            return null;
        }
        NavigableMap<String, Authorization> over = new TreeMap<>();
        if (before.changes() != null) {
            before.changes().policies.forEach(policy -> over.put(policy.key(), policy));
        }
        changed.forEach((key, change) -> change.putInto(over, key));
        List<Authorization> base = before.base().policies;
        BitSet dead = before.dead() == null ? new BitSet() : (BitSet) before.dead().clone();
        for (int i = 0; i < base.size(); i++) {
            if (changed.containsKey(base.get(i).key())) {
                dead.set(i);
            }
        }
        return over.size() + dead.cardinality() > SMALL + base.size() / 16
                ? null
                : new Compiled(before.base(), new Segment(over.values()), dead);
    }

    /** The first policy of that group that matches. */
    public @Nullable Authorization first(Group group, PolicyMatcher matcher) {
        if (!groups.contains(group)) {
            return null;
        }
        Compiled now = compiled();
        Authorization base = now.base().first(group, matcher, now.dead());
        Segment changes = now.changes();
        Authorization changed = changes == null ? null : changes.first(group, matcher, null);
        if (base == null || changed == null) {
            return base == null ? changed : base;
        }
        return base.key().compareTo(changed.key()) <= 0 ? base : changed;
    }

    private Compiled compiled() {
        Compiled now = compiled;
        if (now == null) {
            now = new Compiled(new Segment(policies), null, null);
            compiled = now;
        }
        return now;
    }

    /** Those of one group, in the order they are asked. */
    public List<Authorization> policies(Group group) {
        List<Authorization> of = new ArrayList<>();
        for (Authorization policy : policies) {
            if (Group.of(policy) == group) {
                of.add(policy);
            }
        }
        return of;
    }
}
