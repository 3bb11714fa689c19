package dev.ambit.ztunnel.policy;

import java.time.Duration;

/**
 * What happens when the endpoint chosen for a connection does not answer. Another is tried only
 * before the first byte of the application is sent, so nothing is ever sent twice.
 *
 * @param endpoints {@code AMBIT_CONNECT_ENDPOINTS}: how many are tried in all; 1: no failover
 * @param patience {@code AMBIT_CONNECT_TRY_TIMEOUT}: after this another is tried, where there is
 *     one; where there is none the usual connect timeouts decide
 * @param total {@code AMBIT_CONNECT_TOTAL_TIMEOUT}: no other is tried after this
 * @param ejection {@code AMBIT_ENDPOINT_EJECTION}: for so long an endpoint that did not answer is
 *     only chosen where there is no other; zero: never
 */
public record FailoverConfig(int endpoints, Duration patience, Duration total, Duration ejection) {

    /** Three endpoints, 2 s each, 10 s in all; left alone for 10 s. */
    public static final FailoverConfig DEFAULT =
            new FailoverConfig(
                    3, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));
}
