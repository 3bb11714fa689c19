package dev.ambit.istiod.ca;

import java.util.concurrent.CompletionStage;

/** What runs where. The root connects it to the pods istiod knows. Thread-safe. */
@FunctionalInterface
public interface WorkloadsOnNode {

    /** Whether a pod of the account that has not failed is on the node. Never blocks. */
    CompletionStage<Boolean> runs(String node, String namespace, String serviceAccount);
}
