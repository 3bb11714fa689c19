package dev.ambit.ztunnel.egress;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What may be reached outside the mesh.
 *
 * @param registryOnly {@code AMBIT_OUTBOUND_TRAFFIC_POLICY=REGISTRY_ONLY}: everywhere
 * @param namespaces {@code AMBIT_REGISTRY_ONLY_NAMESPACES}: or only for the pods of these
 * @param hosts {@code AMBIT_EGRESS_HOSTS}: names allowed nevertheless, {@code *.example.com} for
 *     all below a domain, {@code *} for whatever has a name
 * @param blocks {@code AMBIT_EGRESS_CIDRS}: addresses allowed nevertheless
 */
public record EgressConfig(
        boolean registryOnly, Set<String> namespaces, List<String> hosts, List<Cidr> blocks) {

    /** As upstream: whatever is not known is passed through. */
    public static final EgressConfig ALLOW_ANY =
            new EgressConfig(false, Set.of(), List.of(), List.of());

    public EgressConfig {
        namespaces = Set.copyOf(namespaces);
        hosts = hosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
        blocks = List.copyOf(blocks);
    }

    boolean restricts(String namespace) {
        return registryOnly || namespaces.contains(namespace);
    }

    boolean allows(String hostname) {
        for (String allowed : hosts) {
            if (allowed.equals("*")
                    || allowed.equals(hostname)
                    || (allowed.startsWith("*.") && hostname.endsWith(allowed.substring(1)))) {
                return true;
            }
        }
        return false;
    }

    boolean allows(IpAddress address) {
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
