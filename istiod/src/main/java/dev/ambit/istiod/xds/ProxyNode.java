package dev.ambit.istiod.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.api.NodeId;
import dev.ambit.api.proto.discovery.Node;
import java.util.Optional;

/**
 * Who a proxy says it is.
 *
 * @param nodeName the machine it runs on, "" if it does not say
 * @param gateway name of the Gateway it serves, "" if none
 * @param serviceAccount "" if it does not say
 */
public record ProxyNode(
        NodeId id,
        String nodeName,
        String gateway,
        String serviceAccount,
        String clusterId,
        String version) {

    /** More metadata than any proxy sends is somebody trying something. */
    private static final int MAX_BYTES = 256 * 1024;

    /**
     * Reads the node of a first request.
     *
     * @throws IllegalArgumentException with the value and what was expected
     */
    static ProxyNode of(Node node) {
        if (node.getSerializedSize() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "node: "
                            + node.getSerializedSize()
                            + " bytes (expected: at most "
                            + MAX_BYTES
                            + ")");
        }
        NodeId id = NodeId.parse(node.getId());
        Struct meta = node.getMetadata();
        return new ProxyNode(
                id,
                text(meta, NodeId.META_NODE_NAME),
                text(meta, NodeId.META_GATEWAY_NAME),
                text(meta, NodeId.META_SERVICE_ACCOUNT),
                text(meta, NodeId.META_CLUSTER_ID),
                text(meta, "ISTIO_VERSION"));
    }

    /** {@code pod.namespace}, as status pages name a proxy. */
    public String name() {
        return id.pod() + "." + id.namespace();
    }

    /** The gateway whose resources it may have; empty for a node proxy. */
    Optional<String> audience() {
        return gateway.isEmpty() ? Optional.empty() : Optional.of(id.namespace() + "/" + gateway);
    }

    private static String text(Struct meta, String key) {
        Value value = meta.getFieldsMap().get(key);
        return value == null ? "" : value.getStringValue();
    }
}
