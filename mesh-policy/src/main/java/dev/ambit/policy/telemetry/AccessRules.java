package dev.ambit.policy.telemetry;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules in force, of access logs and of spans, each for itself. For a workload the most
 * specific counts alone: one that selects it, else its namespace's, else the mesh's, else the
 * process's own. Of two for the same scope the older wins, as Istio has it. Immutable.
 */
public final class AccessRules {

    /**
     * What one object says.
     *
     * @param name {@code namespace/name}
     * @param scope for whom
     * @param rule of access logs; null if it says nothing of them
     * @param trace of spans; null if it says nothing of them
     * @param age sorts before those that are younger
     */
    public record Stated(
            String name,
            Scope scope,
            @Nullable AccessRule rule,
            @Nullable TraceRule trace,
            long age) {

        /** Of access logs only. */
        public Stated(String name, Scope scope, AccessRule rule, long age) {
            this(name, scope, rule, null, age);
        }
    }

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
    private final ByScope<AccessRule> access = new ByScope<>();
    private final ByScope<TraceRule> traces = new ByScope<>();
    private boolean all;

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
        rules.all = rules.access.isUniform() && rules.of("", "").equals(AccessRule.ALL);
        return rules;
    }

    private void add(Stated stated) {
        if (stated.rule() != null) {
            access.add(stated.scope(), stated.rule());
        }
        if (stated.trace() != null) {
            traces.add(stated.scope(), stated.trace());
        }
    }

    /** Whether every line is wanted, whoever it is about: then nothing needs to be asked. */
    public boolean all() {
        return all;
    }

    /**
     * The rule for a workload of this node.
     *
     * @param uid empty if it is not known
     * @param namespace empty if it is not known
     */
    public AccessRule of(String uid, String namespace) {
        AccessRule own = access.of(uid, namespace);
        return own == null ? otherwise : own;
    }

    /** What is said of a workload's spans; null if nothing is. */
    public @Nullable TraceRule tracing(String uid, String namespace) {
        return traces.of(uid, namespace);
    }
}
