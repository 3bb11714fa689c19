package dev.ambit.istiod.ca;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Which identity a caller may have (ambient.md 2.6): an account its own and no other; a node those
 * of the pods on it and no other.
 */
public final class NodeAuthorizer {

    private final TrustDomain trustDomain;
    private final WorkloadsOnNode workloads;

    public NodeAuthorizer(TrustDomain trustDomain, WorkloadsOnNode workloads) {
        this.trustDomain = trustDomain;
        this.workloads = workloads;
    }

    /** What was decided. */
    public sealed interface Grant {

        record Granted(SpiffeId id) implements Grant {}

        /** The reason is for our log only. */
        record Refused(String reason) implements Grant {}
    }

    /**
     * Decides; whatever fails on the way is a refusal.
     *
     * @param impersonated the id asked for beside the caller's own
     */
    public CompletionStage<Grant> authorize(Caller caller, Optional<String> impersonated) {
        return switch (caller) {
            case Caller.Account account -> done(ofAccount(account, impersonated));
            case Caller.Node node ->
                    impersonated.isEmpty()
                            ? done(new Grant.Refused("a node has to name the identity it wants"))
                            : ofNode(node, impersonated.get());
        };
    }

    private Grant ofAccount(Caller.Account account, Optional<String> impersonated) {
        if (impersonated.isPresent()) {
            return new Grant.Refused("an account may not ask for another identity than its own");
        }
        try {
            return new Grant.Granted(
                    new SpiffeId(trustDomain, account.namespace(), account.serviceAccount()));
        } catch (IllegalArgumentException e) {
            return new Grant.Refused(String.valueOf(e.getMessage()));
        }
    }

    private CompletionStage<Grant> ofNode(Caller.Node node, String wanted) {
        SpiffeId id;
        try {
            id = SpiffeId.parse(wanted);
        } catch (IllegalArgumentException e) {
            return done(new Grant.Refused(String.valueOf(e.getMessage())));
        }
        if (!id.trustDomain().equals(trustDomain)) {
            return done(
                    new Grant.Refused(
                            "identity %s (expected trust domain: %s)".formatted(id, trustDomain)));
        }
        return workloads
                .runs(node.name(), id.namespace(), id.serviceAccount())
                .<Grant>thenApply(
                        runs ->
                                runs
                                        ? new Grant.Granted(id)
                                        : new Grant.Refused(
                                                "no pod of %s is on node %s"
                                                        .formatted(id, node.name())))
                .exceptionally(e -> new Grant.Refused("pods cannot be looked up: " + e));
    }

    private static CompletionStage<Grant> done(Grant grant) {
        return CompletableFuture.completedFuture(grant);
    }
}
