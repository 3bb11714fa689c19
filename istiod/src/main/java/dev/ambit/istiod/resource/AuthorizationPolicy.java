package dev.ambit.istiod.resource;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.Values;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Istio AuthorizationPolicy, checked, its strings as they are written ({@code *} at an end is a
 * wildcard).
 *
 * @param selector labels of the workloads; null without a selector
 * @param targets what {@code targetRef} and {@code targetRefs} name
 */
public record AuthorizationPolicy(
        Meta meta,
        @Nullable Map<String, String> selector,
        List<TargetRef> targets,
        Action action,
        boolean dryRun,
        List<Rule> rules)
        implements MeshObject {

    public AuthorizationPolicy {
        selector = selector == null ? null : Map.copyOf(selector);
        targets = List.copyOf(targets);
        rules = List.copyOf(rules);
    }

    /** What it means that a rule applies. */
    public enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM
    }

    /**
     * An object the policy is attached to.
     *
     * @param group "" for the core group
     * @param namespace the policy's own where none is written
     */
    public record TargetRef(String group, String kind, String namespace, String name) {}

    /** Any source, any operation, every condition; an empty list asks nothing. */
    public record Rule(List<Source> from, List<Operation> to, List<Condition> when) {
        public Rule {
            from = List.copyOf(from);
            to = List.copyOf(to);
            when = List.copyOf(when);
        }
    }

    /** Where a request comes from. Service accounts are {@code namespace/account}. */
    public record Source(
            Values<String> principals,
            Values<String> requestPrincipals,
            Values<String> namespaces,
            Values<String> serviceAccounts,
            Values<Cidr> ipBlocks,
            Values<Cidr> remoteIpBlocks) {

        /** Whether it asks for something only HTTP knows. */
        public boolean needsHttp() {
            return !requestPrincipals.isAny() || !remoteIpBlocks.isAny();
        }
    }

    /** What a request asks for. */
    public record Operation(
            Values<String> hosts,
            Values<Integer> ports,
            Values<String> methods,
            Values<String> paths) {

        /** Whether it asks for something only HTTP knows. */
        public boolean needsHttp() {
            return !hosts.isAny() || !methods.isAny() || !paths.isAny();
        }
    }

    /** One attribute of a request and the values it may have. */
    public record Condition(String key, Values<String> values) {}
}
