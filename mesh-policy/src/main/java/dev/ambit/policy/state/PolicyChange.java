package dev.ambit.policy.state;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Workload;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one push changed about policies: policies themselves, or which of them apply to whom. Never
 * changes.
 */
public final class PolicyChange {

    /**
     * @param before null if it is new
     * @param after null if it is gone
     */
    public record Changed(
            String key, @Nullable Authorization before, @Nullable Authorization after) {}

    /** Of policies of the mesh. */
    private final boolean global;

    private final Set<String> namespaces = new HashSet<>();
    private final Map<String, Changed> byKey = new HashMap<>();
    private final Set<String> workloads = new HashSet<>();

    private PolicyChange(List<Changed> policies) {
        for (Changed changed : policies) {
            byKey.put(changed.key(), changed);
            namespace(changed.before());
            namespace(changed.after());
        }
        global = policies.stream().anyMatch(c -> isGlobal(c.before()) || isGlobal(c.after()));
    }

    private static boolean isGlobal(@Nullable Authorization policy) {
        return policy != null && policy.scope() == Authorization.Scope.GLOBAL;
    }

    /** Those that select workloads are known by who names them, even before they are there. */
    private void namespace(@Nullable Authorization policy) {
        if (policy != null && policy.scope() == Authorization.Scope.NAMESPACE) {
            namespaces.add(policy.namespace());
        }
    }

    /** Of policies. */
    static PolicyChange ofPolicies(List<Changed> policies) {
        return new PolicyChange(policies);
    }

    /** Of workloads, by uid: other policies apply to them than before. */
    static PolicyChange ofWorkloads(Collection<String> uids) {
        PolicyChange change = new PolicyChange(List.of());
        change.workloads.addAll(uids);
        return change;
    }

    /** Whether another policy may decide about that workload now. */
    public boolean concerns(Workload workload) {
        return global
                || namespaces.contains(workload.namespace())
                || workloads.contains(workload.uid())
                || namesOne(workload);
    }

    private boolean namesOne(Workload workload) {
        if (byKey.isEmpty()) {
            return false;
        }
        for (String key : workload.authorizationPolicies()) {
            if (byKey.containsKey(key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any policy may now apply to that workload that did not before, or the reverse. */
    public boolean reassigns(Workload workload) {
        return workloads.contains(workload.uid());
    }

    /** The policies that changed. */
    public Collection<Changed> policies() {
        return byKey.values();
    }
}
