package dev.ambit.api.workload;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be connected to: a pod, a machine, an address outside. There are as many as
 * pods in the mesh, so {@link AddressCodec} shares equal parts between them.
 *
 * @param identity also says its trust domain, namespace and service account
 * @param hostname for workloads without an address: resolved by DNS
 * @param services the services it is an endpoint of, with the ports it serves them on
 * @param authorizationPolicies keys {@code namespace/name} of the policies that select it
 * @param capacity its weight among the endpoints of a service
 */
public record Workload(
        String uid,
        String name,
        SpiffeId identity,
        List<IpAddress> addresses,
        String hostname,
        String network,
        String node,
        String clusterId,
        Locality locality,
        NetworkMode networkMode,
        String canonicalName,
        String canonicalRevision,
        WorkloadType workloadType,
        String workloadName,
        TunnelProtocol tunnelProtocol,
        boolean nativeTunnel,
        @Nullable ApplicationTunnel applicationTunnel,
        @Nullable WaypointRef waypoint,
        @Nullable WaypointRef networkGateway,
        Map<NamespacedHostname, List<Port>> services,
        List<String> authorizationPolicies,
        WorkloadStatus status,
        int capacity)
        implements MeshAddress {

    public Workload {
        if (uid.isEmpty()) {
            throw new IllegalArgumentException("uid: empty (expected: the workload's uid)");
        }
        addresses = List.copyOf(addresses);
        services = Map.copyOf(services);
        authorizationPolicies = List.copyOf(authorizationPolicies);
    }

    public static WorkloadBuilder builder(String uid, String name, SpiffeId identity) {
        return new WorkloadBuilder(uid, name, identity);
    }

    public WorkloadBuilder toBuilder() {
        return new WorkloadBuilder(this);
    }

    public String namespace() {
        return identity.namespace();
    }

    public String serviceAccount() {
        return identity.serviceAccount();
    }

    /** A pod, as far as the uid says. */
    public boolean isPod() {
        return uid.contains("//Pod/");
    }

    public boolean isHealthy() {
        return status == WorkloadStatus.HEALTHY;
    }

    @Override
    public String resourceName() {
        return uid;
    }
}
