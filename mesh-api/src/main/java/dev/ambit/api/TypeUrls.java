package dev.ambit.api;

/** The resource types of the delta stream. */
public final class TypeUrls {

    private static final String PREFIX = "type.googleapis.com/";

    public static final String ADDRESS = PREFIX + "istio.workload.Address";
    public static final String WORKLOAD = PREFIX + "istio.workload.Workload";
    public static final String AUTHORIZATION = PREFIX + "istio.security.Authorization";

    public static final String WAYPOINT_LISTENER = PREFIX + "ambit.waypoint.v1.Listener";
    public static final String WAYPOINT_SERVICE = PREFIX + "ambit.waypoint.v1.Service";
    public static final String WAYPOINT_ROUTE = PREFIX + "ambit.waypoint.v1.Route";
    public static final String WAYPOINT_POLICY = PREFIX + "ambit.waypoint.v1.Policy";

    public static final String ZTUNNEL_TELEMETRY = PREFIX + "ambit.ztunnel.v1.Telemetry";

    /** How a control plane that has the types of Ambit begins its identifier. */
    public static final String AMBIT = "ambit";

    private TypeUrls() {}
}
