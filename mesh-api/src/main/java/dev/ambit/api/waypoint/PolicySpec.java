package dev.ambit.api.waypoint;

/** What a policy asks for. */
public sealed interface PolicySpec permits HttpAuthorization {

    /** The kind of the user's object. */
    String kind();
}
