package dev.ambit.api.workload;

/** Whether a workload's address is its own. */
public enum NetworkMode {
    STANDARD,
    /** The address is the node's: never looked up by address. */
    HOST_NETWORK
}
