package dev.ambit.policy.state;

import dev.ambit.api.policy.Authorization;
import dev.ambit.policy.match.Group;
import dev.ambit.policy.match.PolicyLayer;
import dev.ambit.policy.match.PolicyMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policies that apply to one workload: the mesh's, then its namespace's, then those it names.
 * Never changes.
 */
public final class PolicySet {

    /** No policy at all. */
    public static final PolicySet NONE = new PolicySet(List.of(), List.of(), null);

    /** Before the first push: what applies is not known, so nothing is allowed. */
    static final PolicySet NOT_RECEIVED =
            new PolicySet(List.of(), List.of(), "policies not received yet");

    private static final String UNKNOWN = "policy not known: ";

    private final PolicyLayer[] layers;
    private final List<String> missing;
    private final @Nullable String blocking;

    private PolicySet(List<PolicyLayer> layers, List<String> missing, @Nullable String blocking) {
        this.layers =
                layers.stream()
                        .filter(layer -> !layer.policies().isEmpty())
                        .toArray(PolicyLayer[]::new);
        this.missing = List.copyOf(missing);
        this.blocking = blocking;
    }

    /**
     * @param layers in the order they are asked
     * @param missing keys the workload names but nobody sent
     */
    static PolicySet of(List<PolicyLayer> layers, List<String> missing, UnknownPolicy unknown) {
        boolean closed = unknown == UnknownPolicy.DENY && !missing.isEmpty();
        return new PolicySet(layers, missing, closed ? UNKNOWN + missing.getFirst() : null);
    }

    /** Nothing to ask. */
    public boolean isEmpty() {
        return layers.length == 0 && blocking == null;
    }

    /** Whether a policy of that group applies. */
    public boolean has(Group group) {
        for (PolicyLayer layer : layers) {
            if (layer.has(group)) {
                return true;
            }
        }
        return false;
    }

    /** The first of a group that matches. */
    public @Nullable Authorization first(Group group, PolicyMatcher matcher) {
        for (PolicyLayer layer : layers) {
            Authorization first = layer.first(group, matcher);
            if (first != null) {
                return first;
            }
        }
        return null;
    }

    /** Keys the workload names but nobody sent. */
    public List<String> missing() {
        return missing;
    }

    /** Why nothing is allowed for want of a policy that is not known; null where it is not so. */
    public @Nullable String blocking() {
        return blocking;
    }

    /** Of one group, in the order they are asked; for explanations. */
    public List<Authorization> policies(Group group) {
        List<Authorization> of = new ArrayList<>();
        for (PolicyLayer layer : layers) {
            of.addAll(layer.policies(group));
        }
        return of;
    }

    public List<Authorization> deny() {
        return policies(Group.DENY);
    }

    public List<Authorization> allow() {
        return policies(Group.ALLOW);
    }
}
