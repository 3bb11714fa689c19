package dev.ambit.policy.l7;

import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;

/** Whether a request may go on (ambient.md 3.2). */
@SuppressWarnings("DoNotCallSuggester")
public final class HttpAuthorizer {

    /** What a refused client reads. */
    public static final String DENIED_BODY = "RBAC: access denied";

    private HttpAuthorizer() {}

    public static Decision decide(HttpFacts request, HttpPolicySet policies) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** For a connection that is not HTTP: an ALLOW rule that asks for HTTP never matches it. */
    public static Decision decide(ConnectionFacts connection, HttpPolicySet policies) {
        throw new UnsupportedOperationException("not built yet");
    }
}
