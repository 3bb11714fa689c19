package dev.ambit.api.manifest;

import java.util.Set;

/**
 * What makes two documents the same object. The API group belongs to it: Istio and the Gateway API
 * both have a kind Gateway. The version does not.
 *
 * @param group API group, "" for the core group
 * @param namespace "" for kinds that live outside namespaces
 */
public record ManifestKey(String group, String kind, String namespace, String name)
        implements Comparable<ManifestKey> {

    private static final Set<String> CLUSTER_SCOPED =
            Set.of(
                    "Namespace",
                    "Node",
                    "PersistentVolume",
                    "GatewayClass",
                    "ClusterRole",
                    "ClusterRoleBinding",
                    "CustomResourceDefinition",
                    "IngressClass",
                    "StorageClass",
                    "PriorityClass",
                    "RuntimeClass",
                    "ClusterTrustBundle",
                    "ValidatingWebhookConfiguration",
                    "MutatingWebhookConfiguration",
                    "ValidatingAdmissionPolicy",
                    "ValidatingAdmissionPolicyBinding",
                    "APIService");

    /** Whether objects of this kind live outside namespaces. */
    public static boolean clusterScoped(String kind) {
        return CLUSTER_SCOPED.contains(kind);
    }

    @Override
    public int compareTo(ManifestKey o) {
        int c = group.compareTo(o.group);
        c = c != 0 ? c : kind.compareTo(o.kind);
        c = c != 0 ? c : namespace.compareTo(o.namespace);
        return c != 0 ? c : name.compareTo(o.name);
    }

    /** {@code Kind namespace/name}, as messages name an object. */
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
