package dev.ambit.waypoint.telemetry;

/** The service a request was for, as metrics and access log name it. */
public record ServiceName(String hostname, String name, String namespace, int port) {

    /** Traffic to a workload's own address. */
    public static ServiceName unknown(int port) {
        return new ServiceName(Peer.UNKNOWN_VALUE, Peer.UNKNOWN_VALUE, Peer.UNKNOWN_VALUE, port);
    }

    /** Envoy's cluster name of a waypoint's own service, which dashboards and log readers know. */
    public String cluster(String protocol) {
        return "inbound-vip|" + port + "|" + protocol + "|" + hostname;
    }
}
