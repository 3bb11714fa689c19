package dev.ambit.istiod.ca;

/** Somebody whose credentials are good. */
public sealed interface Caller {

    /** A service account, asking for itself. */
    record Account(String namespace, String serviceAccount) implements Caller {}

    /** The trusted proxy of a node, asking for the pods there. */
    record Node(String name) implements Caller {}

    /** What limits are counted by, and what logs say. */
    default String key() {
        return switch (this) {
            case Account account ->
                    "account/" + account.namespace() + "/" + account.serviceAccount();
            case Node node -> "node/" + node.name();
        };
    }
}
