package dev.ambit.policy.l7;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.WaypointPolicy;
import java.util.Collection;
import java.util.List;

/** The AuthorizationPolicies that apply to one service, compiled. Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class HttpPolicySet {

    private HttpPolicySet() {}

    /**
     * @param policies all policies of the waypoint; those with other targets are left out
     * @param listener the gateway that serves the service
     */
    public static HttpPolicySet compile(
            GatewayName listener, NamespacedHostname service, Collection<WaypointPolicy> policies) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** What the policies ask for that this proxy cannot judge yet; it never allows. */
    public List<String> problems() {
        throw new UnsupportedOperationException("not built yet");
    }
}
