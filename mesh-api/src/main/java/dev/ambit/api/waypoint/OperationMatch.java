package dev.ambit.api.waypoint;

/** What a request asks for; every field must agree. */
public record OperationMatch(
        Values<ValueMatch> hosts,
        Values<Integer> ports,
        Values<ValueMatch> methods,
        Values<ValueMatch> paths) {

    public static final OperationMatch ANY =
            new OperationMatch(Values.any(), Values.any(), Values.any(), Values.any());
}
