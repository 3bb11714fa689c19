package dev.ambit.client.ads;

/** What is subscribed of a type at first. */
public enum Interest {
    /** Everything, in the old way: an empty list of names. */
    WILDCARD,
    /** Only what is asked for by name later. */
    ON_DEMAND
}
