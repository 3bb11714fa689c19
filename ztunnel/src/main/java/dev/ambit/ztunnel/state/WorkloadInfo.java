package dev.ambit.ztunnel.state;

/**
 * A pod as the node agent or the environment names it. Its record in the mesh state is found by
 * these three.
 *
 * @param name the pod's name
 * @param namespace the pod's namespace
 * @param serviceAccount the account it runs as
 */
public record WorkloadInfo(String name, String namespace, String serviceAccount) {

    /** Reads {@code namespace/name/service-account}. */
    public static WorkloadInfo parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw new IllegalArgumentException(
                    "workload: " + text + " (expected: namespace/name/service-account)");
        }
        return new WorkloadInfo(parts[1], parts[0], parts[2]);
    }

    /** The form error texts use: {@code account.namespace (name)}. */
    @Override
    public String toString() {
        return serviceAccount + "." + namespace + " (" + name + ")";
    }
}
