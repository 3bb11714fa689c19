package dev.ambit.client.ads;

/** What is subscribed of a type at first. */
public enum Interest {
    /** Everything, in the old way: an empty list of names. */
    WILDCARD,
    /**
     * Everything, but asked for only where the control plane says it is Ambit's: others do not know
     * the type. Nothing waits for it.
     */
    OFFERED,
    /** Only what is asked for by name later. */
    ON_DEMAND
}
