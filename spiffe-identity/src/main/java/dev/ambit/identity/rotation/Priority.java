package dev.ambit.identity.rotation;

/** Who goes first when more certificates are wanted than may be fetched at once. */
public enum Priority {
    /** A connection waits for it. */
    REAL_TIME,
    /** A workload of this node will need it. */
    WARMUP,
    /** Renewal of one that still works. */
    BACKGROUND
}
