package dev.ambit.istiod.ambient;

/**
 * What is the same for the whole mesh and does not change while istiod runs.
 *
 * @param rootNamespace policies here apply everywhere
 * @param domain of the cluster's DNS names
 * @param dryRunPolicies whether policies marked dry-run are sent; proxies that do not know the mark
 *     would enforce them
 */
public record MeshSettings(
        String clusterId,
        String trustDomain,
        String rootNamespace,
        String domain,
        boolean dryRunPolicies) {

    public static final MeshSettings DEFAULT =
            new MeshSettings("Kubernetes", "cluster.local", "istio-system", "cluster.local", false);

    /** The DNS name of a Kubernetes service. */
    public String hostname(String service, String namespace) {
        return service + "." + namespace + ".svc." + domain;
    }
}
