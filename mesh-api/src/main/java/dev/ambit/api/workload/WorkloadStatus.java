package dev.ambit.api.workload;

/** Whether a workload may get new connections. */
public enum WorkloadStatus {
    HEALTHY,
    UNHEALTHY
}
