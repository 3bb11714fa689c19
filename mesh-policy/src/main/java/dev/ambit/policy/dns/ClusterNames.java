package dev.ambit.policy.dns;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How names are built in this cluster.
 *
 * @param domain {@code CLUSTER_DOMAIN}, in lower case, without dots at its ends
 * @param preferredNamespace {@code PREFERED_SERVICE_NAMESPACE}: wins between services of one host
 *     name where neither the client's own namespace nor a canonical one has it; null: none
 * @param ipv6 {@code IPV6_ENABLED}: without it no AAAA record is answered
 */
public record ClusterNames(String domain, @Nullable String preferredNamespace, boolean ipv6) {

    public ClusterNames {
        domain = domain.toLowerCase(Locale.ROOT);
        if (domain.endsWith(".")) {
            domain = domain.substring(0, domain.length() - 1);
        }
        if (domain.isEmpty() || domain.startsWith(".")) {
            throw new IllegalArgumentException(
                    "cluster domain: \"" + domain + "\" (expected: such as cluster.local)");
        }
    }

    /** {@code svc.<domain>}, under which Kubernetes services have their names. */
    String serviceDomain() {
        return "svc." + domain;
    }
}
