package dev.ambit.perf.micro;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** States of the size of a large mesh. */
final class Meshes {

    static final int WORKLOADS = 100_000;
    static final int SERVICES = 1_000;

    private static final int BATCH = 10_000;
    private static final int PORT = 80;
    private static final int TARGET_PORT = 8080;

    private Meshes() {}

    /** Workloads spread over services, a hundred each, all in namespace {@code ns}. */
    static MeshState large() {
        MeshState state = new MeshState("");
        List<MeshAddress> batch = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            batch.add(service(i));
        }
        for (int i = 0; i < WORKLOADS; i++) {
            batch.add(
                    workload("w" + i, ip(10, i))
                            .services(Map.of(hostname(i % SERVICES), List.of()))
                            .build());
            if (batch.size() >= BATCH) {
                state.applyAddresses(batch, List.of());
                batch.clear();
            }
        }
        state.applyAddresses(batch, List.of());
        return state;
    }

    static WorkloadBuilder workload(String name, IpAddress ip) {
        return Workload.builder(
                        "Kubernetes//Pod/ns/" + name,
                        name,
                        SpiffeId.of("cluster.local", "ns", name))
                .addresses(List.of(ip))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }

    static String serviceName(int i) {
        return "svc" + i + ".ns.svc.cluster.local";
    }

    static IpAddress vip(int service) {
        return ip(172, service);
    }

    static IpAddress ip(int net, int i) {
        return IpAddress.parse(net + "." + i / 65536 + "." + i / 256 % 256 + "." + i % 256);
    }

    private static NamespacedHostname hostname(int service) {
        return new NamespacedHostname("ns", serviceName(service));
    }

    private static MeshService service(int i) {
        return MeshService.builder(hostname(i))
                .vips(List.of(new NetworkAddress("", vip(i))))
                .ports(List.of(new Port(PORT, TARGET_PORT, AppProtocol.UNKNOWN)))
                .canonical(true)
                .build();
    }
}
