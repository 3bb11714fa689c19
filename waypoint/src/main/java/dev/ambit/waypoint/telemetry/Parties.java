package dev.ambit.waypoint.telemetry;

/** Who spoke with whom, for one request or connection. A value, so that it can be a key. */
public record Parties(Peer source, Peer destination, ServiceName service) {

    public Parties destination(Peer chosen) {
        return new Parties(source, chosen, service);
    }
}
