package dev.ambit.api.waypoint;

/**
 * A port of a service.
 *
 * @param targetPort 0 where every endpoint names its own
 */
public record ServicePort(int port, int targetPort, String name, Protocol protocol) {

    public ServicePort {
        Ports.check("port", port);
        Ports.checkOrAny("target_port", targetPort);
    }

    /** What is spoken on it. */
    public enum Protocol {
        /** Nobody said: found out from the first bytes. */
        UNSET,
        HTTP11,
        HTTP2,
        GRPC,
        TCP,
        TLS;

        /** HTTP for certain. */
        public boolean isHttp() {
            return this == HTTP11 || this == HTTP2 || this == GRPC;
        }
    }
}
