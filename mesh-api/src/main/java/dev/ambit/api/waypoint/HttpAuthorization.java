package dev.ambit.api.waypoint;

import java.util.List;

/** An AuthorizationPolicy: applies if any rule does; without rules it never does. */
public record HttpAuthorization(Action action, boolean dryRun, List<AuthorizationRule> rules)
        implements PolicySpec {

    public HttpAuthorization {
        rules = List.copyOf(rules);
    }

    @Override
    public String kind() {
        return "AuthorizationPolicy";
    }

    /** What it means that a rule applies. */
    public enum Action {
        ALLOW,
        DENY,
        /** Marks only, decides nothing. */
        AUDIT
    }
}
