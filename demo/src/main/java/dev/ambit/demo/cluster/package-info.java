/**
 * A laptop's cluster: what Kubernetes would do with the same manifests, with processes in the
 * namespaces of a bed.
 *
 * <p>{@link dev.ambit.demo.cluster.Cluster} reads the user's manifests and plays, each in the file
 * of its name: the controllers that turn Deployments and waypoint Gateways into pods ({@code
 * Desired}), the kubelet that runs them ({@code Kubelet}, {@code PodLife}), the service addresses
 * and their translation for pods outside the mesh ({@code ServiceAddresses}, {@code ServiceProxy}).
 * What a real API server would hold beyond the manifests goes to the runtime directory ({@code
 * Overlay}), where the mesh reads it. {@code MeshProcesses} starts istiod, and per node a node
 * agent and a ztunnel.
 */
@NullMarked
package dev.ambit.demo.cluster;

import org.jspecify.annotations.NullMarked;
