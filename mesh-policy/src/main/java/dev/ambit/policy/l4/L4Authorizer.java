package dev.ambit.policy.l4;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.state.MeshView;

/** Whether a connection may reach a workload (ambient.md 1.18). */
@SuppressWarnings("DoNotCallSuggester")
public final class L4Authorizer {

    /** What log lines say before a denial's reason. */
    public static final String REJECTION = "connection closed due to policy rejection: ";

    /** What they say when an open connection is cut. */
    public static final String POLICY_CHANGE = "connection closed due to policy change";

    public static final String NONE_ALLOWED = "allow policies exist, but none allowed";

    private L4Authorizer() {}

    public static Decision decide(ConnectionFacts connection, Workload destination, MeshView mesh) {
        throw new UnsupportedOperationException("not built yet");
    }
}
