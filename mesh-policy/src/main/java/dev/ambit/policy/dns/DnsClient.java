package dev.ambit.policy.dns;

import dev.ambit.api.workload.Workload;
import java.util.List;

/**
 * Who asks.
 *
 * @param searchDomains of its resolver, in lower case without dots at their ends: a name it asks
 *     may end in one of them though another one was meant
 */
public record DnsClient(Workload workload, List<String> searchDomains) {

    public DnsClient {
        searchDomains = List.copyOf(searchDomains);
    }

    /** With the search domains every pod of Kubernetes has unless it says otherwise. */
    public static DnsClient assumed(Workload workload, ClusterNames cluster) {
        return new DnsClient(
                workload,
                List.of(
                        workload.namespace() + "." + cluster.serviceDomain(),
                        cluster.serviceDomain(),
                        cluster.domain()));
    }
}
