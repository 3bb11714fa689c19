package dev.ambit.api.waypoint;

/** What a string of a request or a connection must look like. */
public sealed interface ValueMatch {

    /** Equal. */
    record Exact(String value) implements ValueMatch {}

    /** Begins with. */
    record Prefix(String value) implements ValueMatch {}

    /** Ends with. */
    record Suffix(String value) implements ValueMatch {}

    /** Is there at all. */
    record Presence() implements ValueMatch {}

    /** A path with {@code {*}} for one element and {@code {**}} for any number. */
    record Template(String value) implements ValueMatch {}
}
