package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some endpoints of a service.
 *
 * @param serviceName of the service in the same namespace, "" if it belongs to none
 */
public record EndpointSlice(
        Meta meta, String serviceName, List<Port> ports, List<Endpoint> endpoints)
        implements MeshObject {

    public EndpointSlice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** A port, matched with the service's port of the same name. */
    public record Port(String name, int port) {}

    /**
     * An endpoint.
     *
     * @param pod the pod behind it, null if there is none
     */
    public record Endpoint(
            List<IpAddress> addresses,
            boolean ready,
            String nodeName,
            String zone,
            @Nullable ObjectName pod) {
        public Endpoint {
            addresses = List.copyOf(addresses);
        }
    }
}
