package dev.ambit.waypoint.exchange;

import dev.ambit.policy.ConnectionFacts;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.xds.Target;

/**
 * What is known about a client's tunnel; the same for all its requests.
 *
 * @param facts what policy judges by
 * @param source as metrics name it
 * @param localAddress what the client addressed, for the log
 */
public record ClientConnection(
        Target target, ConnectionFacts facts, Peer source, String localAddress) {

    String remoteAddress() {
        return facts.source().toString();
    }

    String clientIp() {
        return facts.source().address().toString();
    }
}
