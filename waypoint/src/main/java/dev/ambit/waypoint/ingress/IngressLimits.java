package dev.ambit.waypoint.ingress;

import java.time.Duration;

/**
 * Limits towards clients.
 *
 * @param headerBytes of a request's head; more is 431
 * @param headerCount fields of a request's head; more is 431
 * @param headerTimeout from the first byte of a head to its last
 * @param streams HTTP/2 streams on one connection; more are refused
 * @param idleTimeout after which a connection without a request is closed (Envoy's default)
 * @param discardBytes of a body nobody reads, before the connection is closed instead
 * @param controlFramesPerSecond PING and SETTINGS frames each; more ends the connection
 */
public record IngressLimits(
        int headerBytes,
        int headerCount,
        Duration headerTimeout,
        int streams,
        Duration idleTimeout,
        int discardBytes,
        int controlFramesPerSecond) {

    public static final IngressLimits DEFAULT =
            new IngressLimits(
                    64 * 1024,
                    100,
                    Duration.ofSeconds(15),
                    200,
                    Duration.ofHours(1),
                    64 * 1024,
                    100);
}
