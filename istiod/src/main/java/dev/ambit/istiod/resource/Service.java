package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service.
 *
 * @param clusterIps none for a headless service
 * @param selector empty: endpoints are named by EndpointSlices
 * @param trafficDistribution {@code spec.trafficDistribution} as written, "" if not
 * @param internalTrafficLocal only endpoints of the client's own node count
 */
public record Service(
        Meta meta,
        boolean externalName,
        List<IpAddress> clusterIps,
        List<String> ipFamilies,
        List<Port> ports,
        Map<String, String> selector,
        boolean publishNotReadyAddresses,
        boolean internalTrafficLocal,
        String trafficDistribution)
        implements MeshObject {

    public Service {
        clusterIps = List.copyOf(clusterIps);
        ipFamilies = List.copyOf(ipFamilies);
        ports = List.copyOf(ports);
        selector = Map.copyOf(selector);
    }

    public boolean headless() {
        return clusterIps.isEmpty() && !externalName;
    }

    /**
     * A port of a service.
     *
     * @param name "" where the only port has none
     */
    public record Port(String name, int port, TargetPort target, String appProtocol) {

        /** What the port's declaration says it speaks; UNKNOWN where it says nothing known. */
        public DeclaredProtocol protocol() {
            return DeclaredProtocol.of(appProtocol, name);
        }
    }

    /** Where a port leads. */
    public sealed interface TargetPort {

        /** To this port of every endpoint. */
        record Numbered(int port) implements TargetPort {}

        /** To the port each endpoint has under this name. */
        record Named(String name) implements TargetPort {}

        /** The number if there is one. */
        default Optional<Integer> number() {
            return this instanceof Numbered n ? Optional.of(n.port()) : Optional.empty();
        }
    }
}
