package dev.ambit.policy.state;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All policies at one moment. A reader takes the whole index once, so it never sees half a push;
 * sets already asked for are remembered for as long as the index lives. Never changes otherwise.
 */
final class PolicyIndex {

    static final PolicyIndex EMPTY = new PolicyIndex(new TreeMap<>());

    private record Subject(String namespace, List<String> named) {}

    /** Sorted, so that of several policies that match always the same one is named. */
    private final NavigableMap<String, Authorization> byKey;

    private final List<Authorization> global = new ArrayList<>();
    private final Map<String, List<Authorization>> byNamespace = new HashMap<>();
    private final ConcurrentHashMap<Subject, PolicySet> sets = new ConcurrentHashMap<>();

    private PolicyIndex(NavigableMap<String, Authorization> byKey) {
        this.byKey = byKey;
        for (Authorization policy : byKey.values()) {
            switch (policy.scope()) {
                case GLOBAL -> global.add(policy);
                case NAMESPACE ->
                        byNamespace
                                .computeIfAbsent(policy.namespace(), k -> new ArrayList<>())
                                .add(policy);
                case WORKLOAD_SELECTOR -> {}
            }
        }
    }

    PolicyIndex with(Collection<Authorization> updates, Collection<String> removals) {
        NavigableMap<String, Authorization> after = new TreeMap<>(byKey);
        removals.forEach(after::remove);
        updates.forEach(policy -> after.put(policy.key(), policy));
        return after.equals(byKey) ? this : new PolicyIndex(after);
    }

    @Nullable Authorization byKey(String key) {
        return byKey.get(key);
    }

    Collection<Authorization> all() {
        return Collections.unmodifiableCollection(byKey.values());
    }

    PolicySet of(Workload workload) {
        if (byKey.isEmpty() && workload.authorizationPolicies().isEmpty()) {
            return PolicySet.NONE;
        }
        Subject subject = new Subject(workload.namespace(), workload.authorizationPolicies());
        PolicySet known = sets.get(subject);
        return known != null ? known : sets.computeIfAbsent(subject, this::collect);
    }

    private PolicySet collect(Subject subject) {
        Set<Authorization> all = new LinkedHashSet<>(global);
        all.addAll(byNamespace.getOrDefault(subject.namespace(), List.of()));
        List<String> missing = new ArrayList<>();
        for (String key : subject.named()) {
            Authorization policy = byKey.get(key);
            if (policy == null) {
                missing.add(key);
            } else {
                all.add(policy);
            }
        }
        return new PolicySet(
                select(all, Authorization.Action.DENY, true),
                select(all, Authorization.Action.DENY, false),
                select(all, Authorization.Action.ALLOW, true),
                select(all, Authorization.Action.ALLOW, false),
                missing);
    }

    private static List<Authorization> select(
            Set<Authorization> all, Authorization.Action action, boolean dryRun) {
        return all.stream().filter(p -> p.action() == action && p.dryRun() == dryRun).toList();
    }
}
