package dev.ambit.api.workload;

/** The kind of thing a workload belongs to. */
public enum WorkloadType {
    DEPLOYMENT,
    CRONJOB,
    POD,
    JOB
}
