package dev.ambit.policy.l7;

import java.util.random.RandomGenerator;

/** What is done with a request, by the routes of the service it is addressed to. */
@SuppressWarnings("DoNotCallSuggester")
public final class RouteMatcher {

    private RouteMatcher() {}

    /** A service without routes forwards to itself; one with routes answers 404 if none matches. */
    public static RouteAction match(HttpFacts request, RouteTable table, RandomGenerator random) {
        throw new UnsupportedOperationException("not built yet");
    }
}
