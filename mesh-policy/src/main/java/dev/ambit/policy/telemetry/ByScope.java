package dev.ambit.policy.telemetry;

import dev.ambit.policy.telemetry.AccessRules.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules of one kind by whom they are for; the first for a scope counts. Filled, then read only. */
final class ByScope<R> {

    private final Map<String, R> byUid = new HashMap<>();
    private final Map<String, R> byNamespace = new HashMap<>();
    private @Nullable R mesh;

    void add(Scope scope, R rule) {
        switch (scope) {
            case Scope.Mesh m -> mesh = mesh == null ? rule : mesh;
            case Scope.Namespace n -> byNamespace.putIfAbsent(n.name(), rule);
            case Scope.Workloads w -> w.uids().forEach(uid -> byUid.putIfAbsent(uid, rule));
        }
    }

    /** Whether nobody has one but, at most, all of them the same. */
    boolean isUniform() {
        return byUid.isEmpty() && byNamespace.isEmpty();
    }

    @Nullable R ofMesh() {
        return mesh;
    }

    /** The most specific one; null if there is none. */
    @Nullable R of(String uid, String namespace) {
        R own = byUid.get(uid);
        if (own == null) {
            own = byNamespace.get(namespace);
        }
        return own == null ? mesh : own;
    }
}
