package dev.ambit.api.workload;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name, the addresses that stand for it, and how its clients are to treat it. Its endpoints are
 * the workloads that name it.
 *
 * @param name the short name, as in Kubernetes
 * @param subjectAltNames further identities its endpoints may show, as SPIFFE URIs
 * @param weightedWaypoints where present, taken in place of {@code waypoint}
 * @param canonical the one to take where several namespaces have the same hostname
 */
public record MeshService(
        NamespacedHostname key,
        String name,
        List<NetworkAddress> vips,
        List<CidrVip> cidrVips,
        List<Port> ports,
        List<String> subjectAltNames,
        @Nullable WaypointRef waypoint,
        List<WeightedWaypoint> weightedWaypoints,
        LoadBalancing loadBalancing,
        IpFamilies ipFamilies,
        boolean canonical,
        boolean ingressUseWaypoint,
        Visibility visibility)
        implements MeshAddress {

    public MeshService {
        if (key.hostname().isEmpty()) {
            throw new IllegalArgumentException("hostname: empty (expected: a host name)");
        }
        vips = List.copyOf(vips);
        cidrVips = List.copyOf(cidrVips);
        ports = List.copyOf(ports);
        subjectAltNames = List.copyOf(subjectAltNames);
        weightedWaypoints = List.copyOf(weightedWaypoints);
    }

    public static MeshServiceBuilder builder(NamespacedHostname key) {
        return new MeshServiceBuilder(key);
    }

    public MeshServiceBuilder toBuilder() {
        return new MeshServiceBuilder(this);
    }

    public String namespace() {
        return key.namespace();
    }

    public String hostname() {
        return key.hostname();
    }

    /** Null where the service has no such port. */
    public @Nullable Port port(int servicePort) {
        for (Port port : ports) {
            if (port.servicePort() == servicePort) {
                return port;
            }
        }
        return null;
    }

    public boolean visibleTo(String clientNamespace) {
        return visibility == Visibility.PUBLIC || namespace().equals(clientNamespace);
    }

    @Override
    public String resourceName() {
        return key.toString();
    }
}
