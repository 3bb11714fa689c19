package dev.ambit.policy.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.policy.dns.NameCandidates.Candidate;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Answers names from what the mesh knows (ambient.md 1.21). Pure; a lookup costs a few map reads
 * per label of the name, however many services there are.
 */
public final class NameLookup {

    private final ClusterNames cluster;
    private final String underServiceDomain;

    public NameLookup(ClusterNames cluster) {
        this.cluster = cluster;
        this.underServiceDomain = "." + cluster.serviceDomain();
    }

    public ClusterNames cluster() {
        return cluster;
    }

    /**
     * @param name in lower case, without the dot at its end
     */
    public DnsAnswer lookup(
            DnsClient client,
            String name,
            AddressFamily family,
            MeshView mesh,
            RandomGenerator random) {
        MeshService registered = null;
        for (Candidate candidate : NameCandidates.of(name, client, cluster)) {
            String search = candidate.name();
            int dot = -1;
            do {
                boolean wildcard = dot >= 0;
                String hostname = wildcard ? "*" + search.substring(dot) : search;
                List<MeshService> services = mesh.servicesByHostname(hostname);
                MeshService service = best(services, client.workload().namespace());
                if (service != null) {
                    return answer(
                            wildcard ? null : candidate.stripped(),
                            addresses(client, service, family, mesh),
                            service,
                            random);
                }
                registered = registered == null ? visible(services, client) : registered;
                DnsAnswer pod = wildcard ? null : podName(client, candidate, family, mesh, random);
                if (pod != null) {
                    return pod;
                }
                dot = search.indexOf('.', dot + 1);
            } while (dot >= 0);
        }
        return new DnsAnswer.Forward(registered);
    }

    /**
     * The host names a control plane may be asked for, that could answer the name: those under the
     * cluster's domain, the name itself and its wildcards.
     */
    public List<String> hostnames(DnsClient client, String name) {
        List<String> hostnames = new ArrayList<>();
        for (Candidate candidate : NameCandidates.of(name, client, cluster)) {
            String search = candidate.name();
            if (search.endsWith(underServiceDomain)) {
                // Names of Kubernetes have no wildcards; a single pod's name is its service's.
                hostnames.add(search);
                if (dots(search) > dots(underServiceDomain) + 1) {
                    hostnames.add(search.substring(search.indexOf('.') + 1));
                }
            } else if (search.indexOf('.') > 0 && !search.endsWith(".svc")) {
                hostnames.add(search);
                int dot = search.indexOf('.');
                while (dot >= 0) {
                    hostnames.add("*" + search.substring(dot));
                    dot = search.indexOf('.', dot + 1);
                }
            }
        }
        return hostnames;
    }

    private static int dots(String text) {
        return (int) text.chars().filter(c -> c == '.').count();
    }

    private static DnsAnswer answer(
            @Nullable String canonicalName,
            List<IpAddress> addresses,
            MeshService service,
            RandomGenerator random) {
        shuffle(addresses, random);
        return new DnsAnswer.Found(addresses.isEmpty() ? null : canonicalName, addresses, service);
    }

    private static void shuffle(List<IpAddress> addresses, RandomGenerator random) {
        for (int i = addresses.size() - 1; i > 0; i--) {
            Collections.swap(addresses, i, random.nextInt(i + 1));
        }
    }

    /** Own namespace, then canonical, then the preferred namespace, then the first. */
    private @Nullable MeshService best(List<MeshService> services, String clientNamespace) {
        MeshService best = null;
        int bestRank = -1;
        for (MeshService service : services) {
            if (!service.visibleTo(clientNamespace) || !answerable(service)) {
                continue;
            }
            int rank =
                    service.namespace().equals(clientNamespace)
                            ? 3
                            : service.canonical()
                                    ? 2
                                    : service.namespace().equals(cluster.preferredNamespace())
                                            ? 1
                                            : 0;
            if (rank > bestRank) {
                best = service;
                bestRank = rank;
            }
        }
        return best;
    }

    /** Without an address of its own only a headless service of Kubernetes is ours to answer. */
    private boolean answerable(MeshService service) {
        return !service.vips().isEmpty() || service.hostname().endsWith(underServiceDomain);
    }

    private static @Nullable MeshService visible(List<MeshService> services, DnsClient client) {
        for (MeshService service : services) {
            if (service.visibleTo(client.workload().namespace())) {
                return service;
            }
        }
        return null;
    }

    private List<IpAddress> addresses(
            DnsClient client, MeshService service, AddressFamily family, MeshView mesh) {
        List<IpAddress> addresses = new ArrayList<>();
        if (!allowed(service, family)) {
            return addresses;
        }
        if (service.vips().isEmpty()) {
            for (Endpoint endpoint : mesh.endpoints(service.key())) {
                IpAddress address = first(endpoint.workload(), family);
                if (address != null) {
                    addresses.add(address);
                }
            }
            return addresses;
        }
        for (NetworkAddress vip : service.vips()) {
            if (vip.network().equals(client.workload().network())
                    && family.matches(vip.address())) {
                addresses.add(vip.address());
            }
        }
        return addresses;
    }

    private boolean allowed(MeshService service, AddressFamily family) {
        if (family == AddressFamily.V6 && !cluster.ipv6()) {
            return false;
        }
        return switch (service.ipFamilies()) {
            case AUTOMATIC, DUAL -> true;
            case IPV4_ONLY -> family == AddressFamily.V4;
            case IPV6_ONLY -> family == AddressFamily.V6;
        };
    }

    private static @Nullable IpAddress first(Workload workload, AddressFamily family) {
        for (IpAddress address : workload.addresses()) {
            if (family.matches(address)) {
                return address;
            }
        }
        return null;
    }

    /**
     * {@code <pod>.<service>.<namespace>.svc.<domain>}: the pod of a StatefulSet, or one whose
     * record carries exactly this host name. Upstream leaves these to Kubernetes' own DNS.
     */
    private @Nullable DnsAnswer podName(
            DnsClient client,
            Candidate candidate,
            AddressFamily family,
            MeshView mesh,
            RandomGenerator random) {
        String name = candidate.name();
        int dot = name.indexOf('.');
        if (dot < 0 || !name.endsWith(underServiceDomain)) {
            return null;
        }
        String serviceName = name.substring(dot + 1);
        if (serviceName.length() <= underServiceDomain.length()) {
            return null;
        }
        MeshService service =
                best(mesh.servicesByHostname(serviceName), client.workload().namespace());
        if (service == null) {
            return null;
        }
        String uid =
                client.workload().clusterId()
                        + "//Pod/"
                        + service.namespace()
                        + "/"
                        + name.substring(0, dot);
        Workload pod = mesh.workloadByUid(uid);
        if (pod == null || !hasOwnName(pod, name) || !isEndpoint(pod, service)) {
            return null;
        }
        List<IpAddress> addresses = new ArrayList<>(1);
        IpAddress address = allowed(service, family) ? first(pod, family) : null;
        if (address != null) {
            addresses.add(address);
        }
        return answer(candidate.stripped(), addresses, service, random);
    }

    private static boolean isEndpoint(Workload pod, MeshService service) {
        return pod.services().containsKey(service.key())
                && (pod.isHealthy()
                        || service.loadBalancing().healthPolicy()
                                == LoadBalancing.HealthPolicy.ALLOW_ALL);
    }

    /** Pods of a StatefulSet are named after it and numbered; others get no name of their own. */
    private static boolean hasOwnName(Workload pod, String name) {
        if (pod.hostname().equals(name)) {
            return true;
        }
        String prefix = pod.workloadName() + "-";
        return pod.workloadType() == WorkloadType.POD
                && !pod.workloadName().isEmpty()
                && pod.name().startsWith(prefix)
                && pod.name().length() > prefix.length()
                && pod.name().chars().skip(prefix.length()).allMatch(c -> c >= '0' && c <= '9');
    }
}
