package dev.ambit.policy.testing;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.MeshServiceBuilder;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.state.MeshState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A state filled in a line or two. Confined to the test's thread. */
public final class TestMesh {

    private final MeshState state = new MeshState("");

    public MeshState state() {
        return state;
    }

    public TestMesh with(MeshAddress... addresses) {
        state.applyAddresses(List.of(addresses), List.of());
        return this;
    }

    public TestMesh with(Authorization... policies) {
        state.applyAuthorizations(List.of(policies), List.of());
        return this;
    }

    /** A captured pod, {@code namespace/name}, with an account of its own name. */
    public static WorkloadBuilder pod(String fullName, String ip) {
        String[] parts = fullName.split("/", 2);
        return Workload.builder(
                        "Kubernetes//Pod/" + fullName,
                        parts[1],
                        SpiffeId.of("cluster.local", parts[0], parts[1]))
                .addresses(List.of(IpAddress.parse(ip)))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }

    /** A service, {@code namespace/name}, that maps ports as {@code "80:8080"} says. */
    public static MeshServiceBuilder service(String fullName, String vip, String... ports) {
        return MeshService.builder(hostname(fullName))
                .vips(List.of(new NetworkAddress("", IpAddress.parse(vip))))
                .ports(Arrays.stream(ports).map(TestMesh::port).toList())
                .canonical(true);
    }

    public static NamespacedHostname hostname(String fullName) {
        String[] parts = fullName.split("/", 2);
        return new NamespacedHostname(parts[0], parts[1] + "." + parts[0] + ".svc.cluster.local");
    }

    /** That a workload is an endpoint of services, without ports of its own. */
    public static Map<NamespacedHostname, List<Port>> endpointOf(String fullName) {
        return Map.of(hostname(fullName), List.of());
    }

    public static WaypointRef waypoint(String fullName) {
        return new WaypointRef.ByHostname(hostname(fullName), WaypointRef.DEFAULT_HBONE_PORT);
    }

    public static Port port(String mapping) {
        String[] parts = mapping.split(":", 2);
        return new Port(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), AppProtocol.UNKNOWN);
    }
}
