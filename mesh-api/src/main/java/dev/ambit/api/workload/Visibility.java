package dev.ambit.api.workload;

/** Who may find a service by address or name. */
public enum Visibility {
    PUBLIC,
    /** Only clients of its own namespace. */
    NAMESPACE
}
