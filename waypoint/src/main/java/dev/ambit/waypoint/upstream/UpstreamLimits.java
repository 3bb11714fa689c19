package dev.ambit.waypoint.upstream;

import java.time.Duration;

/**
 * Limits towards destinations.
 *
 * @param connectTimeout TCP, TLS and CONNECT together (Istio's default: 10 s)
 * @param idleTimeout after which an unused HTTP connection is closed
 * @param maxIdlePerDestination unused HTTP/1.1 connections kept for one destination on one loop
 * @param maxConnectionsPerDestination connections to one destination on one loop; a request beyond
 *     it is answered with overflow, since queues hide trouble and grow
 * @param maxStreamsPerConnection HTTP/2 streams on one connection before another one is opened
 * @param maxHeaderBytes decoded head of an answer
 */
public record UpstreamLimits(
        Duration connectTimeout,
        Duration idleTimeout,
        int maxIdlePerDestination,
        int maxConnectionsPerDestination,
        int maxStreamsPerConnection,
        int maxHeaderBytes) {

    public static final UpstreamLimits DEFAULT =
            new UpstreamLimits(
                    Duration.ofSeconds(10), Duration.ofMinutes(1), 128, 1024, 100, 64 * 1024);
}
