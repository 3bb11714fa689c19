package dev.ambit.client.ads;

import io.grpc.Status;
import java.time.Duration;

/**
 * Pauses between attempts (ambient.md 1.16): 10 ms, doubled up to 15 s. A stream that ended in the
 * ordinary course of things, or lived longer than the longest pause, starts at 10 ms again.
 */
final class ReconnectDelay {

    static final Duration FIRST = Duration.ofMillis(10);
    static final Duration CAP = Duration.ofSeconds(15);

    private Duration next = FIRST;

    /** Whether the end of a stream was nobody's fault. */
    static boolean isOrdinary(Status status) {
        String why = status.getDescription() == null ? "" : status.getDescription();
        return switch (status.getCode()) {
            case OK, UNKNOWN, CANCELLED, DEADLINE_EXCEEDED -> true;
            case UNAVAILABLE ->
                    why.contains("transport is closing") || why.contains("received prior goaway");
            default -> false;
        };
    }

    /** The pause before the next attempt, after a stream that lived so long. */
    Duration after(Status status, Duration lived) {
        if (isOrdinary(status) || lived.compareTo(CAP) > 0) {
            next = FIRST;
        }
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(CAP) > 0 ? CAP : doubled;
        return pause;
    }
}
