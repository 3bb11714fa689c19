package dev.ambit.api.workload;

/** How a workload wants to be reached. */
public enum TunnelProtocol {
    /** Plain TCP. */
    NONE,
    HBONE
}
