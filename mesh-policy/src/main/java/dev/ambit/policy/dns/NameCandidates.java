package dev.ambit.policy.dns;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a name may mean to a client, most literal first (ambient.md 1.21). */
final class NameCandidates {

    /**
     * @param stripped what remained of the name without a search domain; null: taken as asked
     */
    record Candidate(String name, @Nullable String stripped) {}

    private final ClusterNames cluster;
    private final String ownDomain;
    private final List<Candidate> found = new ArrayList<>(8);

    private NameCandidates(ClusterNames cluster, DnsClient client) {
        this.cluster = cluster;
        this.ownDomain = client.workload().namespace() + "." + cluster.serviceDomain();
    }

    static List<Candidate> of(String name, DnsClient client, ClusterNames cluster) {
        NameCandidates candidates = new NameCandidates(cluster, client);
        candidates.addWithExpansions(name, null);
        for (String domain : client.searchDomains()) {
            String stripped = without(name, domain);
            if (stripped != null) {
                candidates.addWithExpansions(stripped, stripped);
            }
        }
        return candidates.found;
    }

    private void addWithExpansions(String name, @Nullable String stripped) {
        add(name, stripped);
        boolean service = name.endsWith(".svc");
        switch (labels(name)) {
            case 1 -> add(name + "." + ownDomain, stripped);
            case 2 -> {
                add(name + "." + cluster.serviceDomain(), stripped);
                // host.subdomain of a pod in the client's namespace
                add(name + "." + ownDomain, stripped);
            }
            case 3 -> {
                if (service) {
                    add(name + "." + cluster.domain(), stripped);
                }
                add(name + "." + cluster.serviceDomain(), stripped);
            }
            case 4 -> {
                if (service) {
                    add(name + "." + cluster.domain(), stripped);
                }
            }
            default -> {
                // Whole already, or no name of Kubernetes.
            }
        }
    }

    private void add(String name, @Nullable String stripped) {
        for (Candidate known : found) {
            if (known.name().equals(name)) {
                return;
            }
        }
        found.add(new Candidate(name, stripped));
    }

    private static int labels(String name) {
        int labels = 1;
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '.') {
                labels++;
            }
        }
        return labels;
    }

    private static @Nullable String without(String name, String domain) {
        int rest = name.length() - domain.length() - 1;
        return rest > 0 && name.charAt(rest) == '.' && name.endsWith(domain)
                ? name.substring(0, rest)
                : null;
    }
}
