package dev.ambit.policy.state;

import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import java.util.List;

/**
 * A workload in the role of one of a service's endpoints.
 *
 * @param ports the service's ports as this workload serves them; they go before the service's own
 */
public record Endpoint(Workload workload, List<Port> ports) {

    /**
     * The port to connect to, or 0 if neither the endpoint nor the service says.
     *
     * @param fallback the service's own target port, 0 if it is named or missing
     */
    public int targetPort(int servicePort, int fallback) {
        for (Port port : ports) {
            if (port.servicePort() == servicePort) {
                return port.targetPort();
            }
        }
        return fallback;
    }
}
