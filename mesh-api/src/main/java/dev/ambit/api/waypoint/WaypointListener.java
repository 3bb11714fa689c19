package dev.ambit.api.waypoint;

/**
 * The Gateway a proxy serves.
 *
 * @param serviceAccount the account it runs under: what destinations see as their source
 */
public record WaypointListener(
        GatewayName gateway, TrafficType waypointFor, String serviceAccount, int hbonePort)
        implements WaypointResource {

    public WaypointListener {
        Ports.check("hbone_port", hbonePort);
    }

    @Override
    public String resourceName() {
        return "Gateway/" + gateway;
    }
}
