package dev.ambit.istiod.ambient;

import dev.ambit.api.IpAddress;
import dev.ambit.istiod.resource.EndpointSlice;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Pod;
import dev.ambit.istiod.resource.ServiceEntry;
import dev.ambit.istiod.resource.WorkloadEntry;
import java.util.ArrayList;
import java.util.List;

/** Names of workloads, by what they were made of. */
final class Uids {
    private final String cluster;

    Uids(MeshSettings settings) {
        this.cluster = settings.clusterId();
    }

    /** A pod that will not run again, or has no address yet, is no workload. */
    List<String> of(Pod pod) {
        return pod.phase().terminal() || pod.ips().isEmpty()
                ? List.of()
                : List.of(cluster + "//Pod/" + pod.name());
    }

    List<String> of(WorkloadEntry entry) {
        return List.of(cluster + "/networking.istio.io/WorkloadEntry/" + entry.name());
    }

    /** One for each endpoint; the host itself where DNS finds the endpoints. */
    List<String> of(ServiceEntry entry) {
        List<String> uids = new ArrayList<>();
        for (WorkloadEntry.Spec endpoint : entry.endpoints()) {
            uids.add(inline(entry.name(), endpoint.address()));
        }
        if (resolvesHosts(entry)) {
            for (String host : entry.hosts()) {
                uids.add(inline(entry.name(), host));
            }
        }
        return uids;
    }

    /** One for each endpoint that is no pod. */
    List<String> of(EndpointSlice slice) {
        List<String> uids = new ArrayList<>();
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            if (endpoint.pod() == null && !endpoint.addresses().isEmpty()) {
                uids.add(slice(slice.name(), endpoint.addresses().getFirst()));
            }
        }
        return uids;
    }

    String inline(ObjectName entry, String address) {
        return cluster + "/networking.istio.io/ServiceEntry/" + entry + "/" + address;
    }

    String slice(ObjectName slice, IpAddress address) {
        return cluster + "/discovery.k8s.io/EndpointSlice/" + slice + "/" + address;
    }

    static boolean resolvesHosts(ServiceEntry entry) {
        return entry.endpoints().isEmpty()
                && entry.selector() == null
                && switch (entry.resolution()) {
                    case DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS -> true;
                    case NONE, STATIC -> false;
                };
    }
}
