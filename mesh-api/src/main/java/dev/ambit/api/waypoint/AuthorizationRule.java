package dev.ambit.api.waypoint;

import java.util.List;

/** Any source, any operation, every condition; what is empty asks nothing. */
public record AuthorizationRule(
        List<SourceMatch> from, List<OperationMatch> to, List<Condition> when) {

    public AuthorizationRule {
        from = List.copyOf(from);
        to = List.copyOf(to);
        when = List.copyOf(when);
    }
}
