package dev.ambit.api.workload;

/**
 * How the node proxy hands connections to a workload that asked for more than plain TCP.
 *
 * @param port 0: the port the client asked for
 */
public record ApplicationTunnel(Protocol protocol, int port) {

    public ApplicationTunnel {
        Port.checkPort("application_tunnel.port", port);
    }

    /** What precedes the client's bytes. */
    public enum Protocol {
        NONE,
        /** A PROXY protocol version 2 header. */
        PROXY
    }
}
