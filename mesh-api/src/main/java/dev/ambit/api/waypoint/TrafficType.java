package dev.ambit.api.waypoint;

/** What may attach to a waypoint: the label {@code istio.io/waypoint-for}. */
public enum TrafficType {
    SERVICE,
    WORKLOAD,
    ALL,
    NONE;

    public boolean coversServices() {
        return this == SERVICE || this == ALL;
    }

    public boolean coversWorkloads() {
        return this == WORKLOAD || this == ALL;
    }
}
