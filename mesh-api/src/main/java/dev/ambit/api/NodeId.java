package dev.ambit.api;

/**
 * Who a proxy says it is when it opens its delta stream: {@code
 * <type>~<ip>~<pod>.<namespace>~<namespace>.svc.<domain>}.
 */
public record NodeId(String type, String ip, String pod, String namespace, String domain) {

    public static final String ZTUNNEL = "ztunnel";
    public static final String WAYPOINT = "waypoint";

    /** Keys of the node metadata. */
    public static final String META_NAME = "NAME";

    public static final String META_NAMESPACE = "NAMESPACE";
    public static final String META_INSTANCE_IPS = "INSTANCE_IPS";
    public static final String META_NODE_NAME = "NODE_NAME";
    public static final String META_CLUSTER_ID = "CLUSTER_ID";
    public static final String META_SERVICE_ACCOUNT = "SERVICE_ACCOUNT";
    public static final String META_GATEWAY_NAME = "GATEWAY_NAME";

    /** What upstream's proxies say when they were not told their address. */
    public static final String UNKNOWN_IP = "1.1.1.1";

    /**
     * @throws IllegalArgumentException if it has another form
     */
    public static NodeId parse(String text) {
        String[] parts = text.split("~", -1);
        int dot = parts.length == 4 ? parts[2].lastIndexOf('.') : -1;
        int svc = dot < 0 ? -1 : parts[3].indexOf(".svc.");
        if (svc < 0 || parts[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "node id: \""
                            + text
                            + "\" (expected: type~ip~pod.namespace~namespace.svc.domain)");
        }
        return new NodeId(
                parts[0],
                parts[1],
                parts[2].substring(0, dot),
                parts[2].substring(dot + 1),
                parts[3].substring(svc + ".svc.".length()));
    }

    @Override
    public String toString() {
        return type + "~" + ip + "~" + pod + "." + namespace + "~" + namespace + ".svc." + domain;
    }
}
