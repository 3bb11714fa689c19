package dev.ambit.waypoint.exchange;

import java.time.Duration;

/**
 * Limits of one exchange.
 *
 * @param replayBytes of a request's body kept for another try; a longer one is tried once
 * @param mirrorBytes of a copy waiting for a slow mirror; beyond it the copy is dropped
 * @param mirrors copies under way on one loop; beyond it no copy is made
 * @param streamIdle after which an exchange that does not move is ended; zero for never
 */
public record ExchangeLimits(int replayBytes, int mirrorBytes, int mirrors, Duration streamIdle) {

    public static final ExchangeLimits DEFAULT =
            new ExchangeLimits(64 * 1024, 256 * 1024, 256, Duration.ofMinutes(5));
}
