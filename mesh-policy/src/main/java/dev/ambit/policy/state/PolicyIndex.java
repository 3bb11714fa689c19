package dev.ambit.policy.state;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.match.PolicyLayer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All policies at one moment. A reader takes the whole index once, so it never sees half a push.
 * The next one shares with this one what did not change. Sets already asked for are remembered;
 * never changes otherwise.
 */
final class PolicyIndex {

    /** So many sets of named policies are taken over by the next index; beyond, none. */
    private static final int REMEMBERED = 4_096;

    /** By identity: equal lists of one sender are one list, and hashing long ones is slow. */
    private record Subject(String namespace, List<String> named) {
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(Object other) {
            return other instanceof Subject subject
                    && subject.named == named
                    && subject.namespace.equals(namespace);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(named) * 31 + namespace.hashCode();
        }
    }

    private final UnknownPolicy unknown;

    /** Sorted, so that of several policies that match always the same one is named. */
    private final NavigableMap<String, Authorization> byKey;

    private final PolicyLayer global;
    private final Map<String, PolicyLayer> byNamespace;

    /** For workloads that name none. */
    private final Map<String, PolicySet> plain = new HashMap<>();

    private final PolicySet elsewhere;
    private final ConcurrentHashMap<Subject, PolicySet> sets = new ConcurrentHashMap<>();

    private PolicyIndex(
            UnknownPolicy unknown,
            NavigableMap<String, Authorization> byKey,
            PolicyLayer global,
            Map<String, PolicyLayer> byNamespace) {
        this.unknown = unknown;
        this.byKey = byKey;
        this.global = global;
        this.byNamespace = byNamespace;
        this.elsewhere = PolicySet.of(List.of(global), List.of(), unknown);
        byNamespace.forEach(
                (namespace, layer) ->
                        plain.put(
                                namespace,
                                PolicySet.of(List.of(global, layer), List.of(), unknown)));
    }

    /** Without any policy. */
    static PolicyIndex empty(UnknownPolicy unknown) {
        return new PolicyIndex(unknown, new TreeMap<>(), PolicyLayer.EMPTY, Map.of());
    }

    /** What would change; empty if nothing. */
    List<PolicyChange.Changed> difference(
            Collection<Authorization> updates, Collection<String> removals) {
        Map<String, PolicyChange.Changed> changed = new LinkedHashMap<>();
        for (String key : removals) {
            if (byKey.containsKey(key)) {
                changed.put(key, new PolicyChange.Changed(key, byKey.get(key), null));
            }
        }
        for (Authorization policy : updates) {
            String key = policy.key();
            changed.put(key, new PolicyChange.Changed(key, byKey.get(key), policy));
        }
        changed.values().removeIf(c -> Objects.equals(c.before(), c.after()));
        return List.copyOf(changed.values());
    }

    /** Compiles what changed, and nothing else. */
    PolicyIndex with(List<PolicyChange.Changed> changed) {
        NavigableMap<String, Authorization> after = new TreeMap<>(byKey);
        Map<String, PolicyLayer.Change> inMesh = new HashMap<>();
        Map<String, Map<String, PolicyLayer.Change>> inNamespaces = new HashMap<>();
        for (PolicyChange.Changed change : changed) {
            sort(change.key(), change.before(), null, inMesh, inNamespaces);
            sort(change.key(), change.after(), change.after(), inMesh, inNamespaces);
            if (change.after() == null) {
                after.remove(change.key());
            } else {
                after.put(change.key(), change.after());
            }
        }
        Map<String, PolicyLayer> namespaces = new HashMap<>(byNamespace);
        inNamespaces.forEach(
                (namespace, changes) -> {
                    PolicyLayer layer =
                            namespaces.getOrDefault(namespace, PolicyLayer.EMPTY).with(changes);
                    if (layer.policies().isEmpty()) {
                        namespaces.remove(namespace);
                    } else {
                        namespaces.put(namespace, layer);
                    }
                });
        PolicyIndex next =
                new PolicyIndex(
                        unknown,
                        after,
                        inMesh.isEmpty() ? global : global.with(inMesh),
                        Map.copyOf(namespaces));
        next.takeOver(this, changed);
        return next;
    }

    private static void sort(
            String key,
            @Nullable Authorization where,
            @Nullable Authorization what,
            Map<String, PolicyLayer.Change> inMesh,
            Map<String, Map<String, PolicyLayer.Change>> inNamespaces) {
        if (where == null) {
            return;
        }
        switch (where.scope()) {
            case GLOBAL -> inMesh.put(key, new PolicyLayer.Change(what));
            case NAMESPACE ->
                    inNamespaces
                            .computeIfAbsent(where.namespace(), k -> new HashMap<>())
                            .put(key, new PolicyLayer.Change(what));
            case WORKLOAD_SELECTOR -> {}
        }
    }

    /** Sets that would be collected the same. */
    @SuppressWarnings("ReferenceEquality") // layers are made anew when they change
    private void takeOver(PolicyIndex before, List<PolicyChange.Changed> changed) {
        if (global != before.global || before.sets.size() > REMEMBERED) {
            return;
        }
        Set<String> keys = new HashSet<>();
        changed.forEach(change -> keys.add(change.key()));
        before.sets.forEach(
                (subject, set) -> {
                    if (byNamespace.get(subject.namespace())
                                    == before.byNamespace.get(subject.namespace())
                            && Collections.disjoint(subject.named(), keys)) {
                        sets.put(subject, set);
                    }
                });
    }

    @Nullable Authorization byKey(String key) {
        return byKey.get(key);
    }

    Collection<Authorization> all() {
        return Collections.unmodifiableCollection(byKey.values());
    }

    PolicySet of(Workload workload) {
        List<String> named = workload.authorizationPolicies();
        if (named.isEmpty()) {
            return plain.getOrDefault(workload.namespace(), elsewhere);
        }
        Subject subject = new Subject(workload.namespace(), named);
        PolicySet known = sets.get(subject);
        return known != null ? known : sets.computeIfAbsent(subject, this::collect);
    }

    private PolicySet collect(Subject subject) {
        Map<String, Authorization> named = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String key : subject.named()) {
            Authorization policy = byKey.get(key);
            if (policy == null) {
                missing.add(key);
            } else if (!appliesAnyway(policy, subject.namespace())) {
                named.putIfAbsent(key, policy);
            }
        }
        return PolicySet.of(
                List.of(
                        global,
                        byNamespace.getOrDefault(subject.namespace(), PolicyLayer.EMPTY),
                        PolicyLayer.of(named.values())),
                missing,
                unknown);
    }

    private static boolean appliesAnyway(Authorization policy, String namespace) {
        return switch (policy.scope()) {
            case GLOBAL -> true;
            case NAMESPACE -> policy.namespace().equals(namespace);
            case WORKLOAD_SELECTOR -> false;
        };
    }
}
