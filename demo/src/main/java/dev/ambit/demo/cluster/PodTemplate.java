package dev.ambit.demo.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pods somebody wants: a Deployment's template, or a waypoint's.
 *
 * @param owner name of the Deployment
 * @param hash of everything below; a new one means new pods
 * @param node where they must run; empty: anywhere
 */
record PodTemplate(
        String namespace,
        String owner,
        int replicas,
        String hash,
        String node,
        String serviceAccount,
        Map<String, String> labels,
        Map<String, String> annotations,
        Container container) {

    /** A waypoint's Gateway is its owner too; its process gets more than an application's. */
    static final String GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name";

    /**
     * What runs in the pod: one process.
     *
     * @param image as the manifest names it
     * @param readiness port and path asked on loopback before the pod is ready
     */
    record Container(
            String name,
            String image,
            List<String> command,
            Map<String, String> environment,
            List<Port> ports,
            Optional<Readiness> readiness) {}

    record Port(String name, int number) {}

    /** An empty path asks for a connection only. */
    record Readiness(int port, String path) {}

    Optional<String> gateway() {
        return Optional.ofNullable(labels.get(GATEWAY_LABEL));
    }

    String fullOwner() {
        return namespace + "/" + owner;
    }
}
