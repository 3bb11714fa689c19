package dev.ambit.api.workload;

/**
 * A port of a service and where it leads.
 *
 * @param targetPort 0: named, so each endpoint says its own
 */
public record Port(int servicePort, int targetPort, AppProtocol protocol) {

    public Port {
        checkPort("service_port", servicePort);
        checkPort("target_port", targetPort);
    }

    static void checkPort(String field, int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(field + ": " + port + " (expected: 0-65535)");
        }
    }
}
