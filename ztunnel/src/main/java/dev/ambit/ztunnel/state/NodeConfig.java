package dev.ambit.ztunnel.state;

import org.jspecify.annotations.Nullable;

/**
 * Where this process runs.
 *
 * @param network {@code NETWORK}: the network of this node, "" for the only one
 * @param localNode {@code NODE_NAME}: workloads of this node are ours; null makes every workload
 *     ours
 * @param clusterId {@code ISTIO_META_CLUSTER_ID}, then {@code CLUSTER_ID}
 * @param clusterDomain {@code CLUSTER_DOMAIN}
 */
public record NodeConfig(
        String network, @Nullable String localNode, String clusterId, String clusterDomain) {}
