package dev.ambit.runtime.net;

import java.time.Duration;

/**
 * TCP keepalive: idle time before the first probe, time between probes, probes before giving up.
 */
public record Keepalive(boolean enabled, Duration time, Duration interval, int retries) {

    /** Upstream's defaults: 180 s, 180 s, 9. */
    public static final Keepalive DEFAULT =
            new Keepalive(true, Duration.ofMinutes(3), Duration.ofMinutes(3), 9);

    public static final Keepalive OFF = new Keepalive(false, Duration.ZERO, Duration.ZERO, 0);

    /** What TCP_USER_TIMEOUT is set to when it is wanted. */
    public Duration userTimeout() {
        return time.plus(interval.multipliedBy(retries));
    }
}
