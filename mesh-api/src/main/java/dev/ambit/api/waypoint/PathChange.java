package dev.ambit.api.waypoint;

/** A new path. */
public sealed interface PathChange {

    /** In place of the whole path. */
    record Full(String path) implements PathChange {}

    /** In place of the prefix the rule matched. */
    record Prefix(String replacement) implements PathChange {}
}
