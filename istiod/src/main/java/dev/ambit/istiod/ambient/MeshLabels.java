package dev.ambit.istiod.ambient;

/** Labels, annotations and names that users and tools of Istio know. */
public final class MeshLabels {
    public static final String USE_WAYPOINT = "istio.io/use-waypoint";
    public static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
    public static final String CANARY_WAYPOINT = "istio.io/use-waypoint-canary";
    public static final String CANARY_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-canary-namespace";
    public static final String CANARY_WAYPOINT_WEIGHT = "istio.io/use-waypoint-canary-weight";
    public static final String WAYPOINT_FOR = "istio.io/waypoint-for";
    public static final String INGRESS_USE_WAYPOINT = "istio.io/ingress-use-waypoint";
    public static final String NETWORK = "topology.istio.io/network";
    public static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";
    public static final String GATEWAY_MANAGED = "gateway.istio.io/managed";
    public static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";
    public static final String REDIRECTION = "ambient.istio.io/redirection";
    public static final String INBOUND_BINDING = "ambient.istio.io/waypoint-inbound-binding";
    public static final String TUNNEL = "networking.istio.io/tunnel";
    public static final String REGION = "topology.kubernetes.io/region";
    public static final String ZONE = "topology.kubernetes.io/zone";
    public static final String SUBZONE = "topology.istio.io/subzone";

    /** Class and controller of waypoints, and what their objects are marked with. */
    public static final String WAYPOINT_CLASS = "istio-waypoint";

    public static final String WAYPOINT_CONTROLLER = "istio.io/mesh-controller";
    public static final String MANAGED_WAYPOINT = "istio.io-mesh-controller";

    private MeshLabels() {}
}
