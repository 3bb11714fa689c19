package dev.ambit.ztunnel.policy;

import dev.ambit.policy.state.UnknownPolicy;
import dev.ambit.runtime.config.EnvReader;
import java.util.Map;

/**
 * What is decided where Istio leaves it open, and limits Istio does not have.
 *
 * @param unknownPolicy {@code AMBIT_UNKNOWN_POLICY}: policies that workloads name but nobody sent,
 *     or that cannot be understood; Istio skips them
 * @param connectionsPerIdentity {@code AMBIT_MAX_CONNECTIONS_PER_IDENTITY}; 0 for no limit
 * @param connectionRatePerIdentity {@code AMBIT_MAX_CONNECTION_RATE_PER_IDENTITY}, a second; 0 for
 *     no limit
 */
public record AccessConfig(
        UnknownPolicy unknownPolicy, int connectionsPerIdentity, int connectionRatePerIdentity) {

    private static final int MOST = 1_000_000;

    /** Reads it; mistakes are collected there. */
    public static AccessConfig from(EnvReader env) {
        return new AccessConfig(
                env.choice(
                        "AMBIT_UNKNOWN_POLICY",
                        UnknownPolicy.ALLOW,
                        Map.of("allow", UnknownPolicy.ALLOW, "deny", UnknownPolicy.DENY)),
                env.integer("AMBIT_MAX_CONNECTIONS_PER_IDENTITY", 0, 0, MOST),
                env.integer("AMBIT_MAX_CONNECTION_RATE_PER_IDENTITY", 0, 0, MOST));
    }

    /** Whether a limit is set. */
    public boolean limitsIdentities() {
        return connectionsPerIdentity > 0 || connectionRatePerIdentity > 0;
    }
}
