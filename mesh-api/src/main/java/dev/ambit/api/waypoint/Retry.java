package dev.ambit.api.waypoint;

import java.time.Duration;
import java.util.List;

/**
 * Whether a failed request is tried again. Connect failures, refused streams and unavailable or
 * cancelled gRPC calls always count as failed; {@code codes} adds answers.
 *
 * @param attempts further attempts after the first; 0: none
 */
public record Retry(int attempts, List<Integer> codes, Duration backoff) {

    /** The mesh's default, with and without a route. */
    public static final Retry DEFAULT = new Retry(2, List.of(), Duration.ofMillis(25));

    public static final Retry NONE = new Retry(0, List.of(), Duration.ZERO);

    public Retry {
        if (attempts < 0 || backoff.isNegative()) {
            throw new IllegalArgumentException(
                    "retry: attempts "
                            + attempts
                            + ", backoff "
                            + backoff
                            + " (expected: 0 or more)");
        }
        codes = List.copyOf(codes);
    }
}
