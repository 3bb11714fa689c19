package dev.ambit.api.waypoint;

import java.time.Duration;

/**
 * How long an exchange may take; zero: for ever.
 *
 * @param request the whole exchange, with retries
 * @param backendRequest one attempt
 */
public record Timeouts(Duration request, Duration backendRequest) {

    public static final Timeouts NONE = new Timeouts(Duration.ZERO, Duration.ZERO);

    public Timeouts {
        if (request.isNegative() || backendRequest.isNegative()) {
            throw new IllegalArgumentException(
                    "timeouts: " + request + ", " + backendRequest + " (expected: 0 or more)");
        }
    }
}
