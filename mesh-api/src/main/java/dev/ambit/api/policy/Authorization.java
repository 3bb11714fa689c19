package dev.ambit.api.policy;

import java.util.List;

/**
 * One L4 policy. It matches a connection if any of its rules does; without rules it never matches.
 *
 * @param dryRun its outcome is told, not enforced
 */
public record Authorization(
        String namespace,
        String name,
        Scope scope,
        Action action,
        List<Rule> rules,
        boolean dryRun) {

    public Authorization {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: empty (expected: the policy's name)");
        }
        rules = List.copyOf(rules);
    }

    /** {@code namespace/name}: its name on the stream, in workloads, in logs. */
    public String key() {
        return namespace + "/" + name;
    }

    /** Which workloads it applies to. */
    public enum Scope {
        GLOBAL,
        NAMESPACE,
        /** Those that name it. */
        WORKLOAD_SELECTOR
    }

    /** What a match means. */
    public enum Action {
        ALLOW,
        DENY
    }
}
