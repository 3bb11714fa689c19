package dev.ambit.waypoint.cluster;

/** Requests one loop has under way at one endpoint. Confined to the loop. */
public final class EndpointLoad {

    private int active;

    public void begin() {
        active++;
    }

    public void end() {
        active--;
    }

    public int active() {
        return active;
    }
}
