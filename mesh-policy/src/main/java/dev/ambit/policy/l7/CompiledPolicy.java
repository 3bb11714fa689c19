package dev.ambit.policy.l7;

import java.util.List;

/**
 * One AuthorizationPolicy, compiled: it matches if any rule does.
 *
 * @param key {@code namespace/name}
 */
record CompiledPolicy(String key, List<Criterion> rules) {

    CompiledPolicy {
        rules = List.copyOf(rules);
    }

    boolean matches(RequestView view) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).holds(view)) {
                return true;
            }
        }
        return false;
    }
}
