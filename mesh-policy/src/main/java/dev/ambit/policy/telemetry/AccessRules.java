package dev.ambit.policy.telemetry;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules in force. For a workload the most specific counts alone: one that selects it, else its
 * namespace's, else the mesh's, else the process's own. Of two for the same scope the older wins,
 * as Istio has it. Immutable.
 */
public final class AccessRules {

    /**
     * What one object says.
     *
     * @param name {@code namespace/name}
     * @param scope for whom
     * @param age sorts before those that are younger
     */
    public record Stated(String name, Scope scope, AccessRule rule, long age) {}

    /** For whom a rule is. */
    public sealed interface Scope {
        /** The whole mesh. */
        record Mesh() implements Scope {}

        /** All workloads of a namespace. */
        record Namespace(String name) implements Scope {}

        /** These workloads. */
        record Workloads(List<String> uids) implements Scope {
            public Workloads {
                uids = List.copyOf(uids);
            }
        }
    }

    private final AccessRule otherwise;
    private final Map<String, AccessRule> byUid = new HashMap<>();
    private final Map<String, AccessRule> byNamespace = new HashMap<>();
    private @Nullable AccessRule mesh;

    private AccessRules(AccessRule otherwise) {
        this.otherwise = otherwise;
    }

    /**
     * @param otherwise where nothing is stated
     */
    public static AccessRules of(AccessRule otherwise, List<Stated> stated) {
        AccessRules rules = new AccessRules(otherwise);
        stated.stream()
                .sorted(Comparator.comparingLong(Stated::age).thenComparing(Stated::name))
                .forEach(rules::add);
        return rules;
    }

    private void add(Stated stated) {
        switch (stated.scope()) {
            case Scope.Mesh m -> mesh = mesh == null ? stated.rule() : mesh;
            case Scope.Namespace n -> byNamespace.putIfAbsent(n.name(), stated.rule());
            case Scope.Workloads w ->
                    w.uids().forEach(uid -> byUid.putIfAbsent(uid, stated.rule()));
        }
    }

    /** Whether every line is wanted, whoever it is about: then nothing needs to be asked. */
    public boolean all() {
        return byUid.isEmpty()
                && byNamespace.isEmpty()
                && (mesh == null ? otherwise : mesh).equals(AccessRule.ALL);
    }

    /**
     * The rule for a workload of this node.
     *
     * @param uid empty if it is not known
     * @param namespace empty if it is not known
     */
    public AccessRule of(String uid, String namespace) {
        AccessRule own = byUid.get(uid);
        if (own == null) {
            own = byNamespace.get(namespace);
        }
        if (own == null) {
            own = mesh;
        }
        return own == null ? otherwise : own;
    }
}
