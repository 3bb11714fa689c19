package dev.ambit.api.waypoint;

import dev.ambit.api.NamespacedHostname;

/** What a policy applies to. */
public sealed interface PolicyTarget {

    /** Everything bound to a listener. */
    record ToListener(GatewayName gateway) implements PolicyTarget {}

    /** One service. */
    record ToService(NamespacedHostname service) implements PolicyTarget {}
}
