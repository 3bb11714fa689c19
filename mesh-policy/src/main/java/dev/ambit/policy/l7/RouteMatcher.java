package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.PathChange;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is done with a request, by the routes of the service it is addressed to. Pure. */
public final class RouteMatcher {

    private static final int NOT_FOUND = 404;

    /** What Gateway API asks for where a backend is not there. */
    private static final int NO_BACKEND = 500;

    private static final String HTTP = "http";
    private static final String HTTPS = "https";

    private RouteMatcher() {}

    /** A service without routes forwards to itself; one with routes answers 404 if none matches. */
    public static RouteAction match(HttpFacts request, RouteTable table, RandomGenerator random) {
        if (!table.isRouted()) {
            return new RouteAction.Forward(
                    null,
                    new BackendRef.ToService(table.service(), table.port()),
                    List.of(),
                    "",
                    Timeouts.NONE,
                    Retry.DEFAULT);
        }
        String host = Hosts.name(request.authority());
        List<RouteTable.Entry> entries = table.entries();
        for (int i = 0; i < entries.size(); i++) {
            RouteTable.Entry entry = entries.get(i);
            boolean hostMatches =
                    entry.hostname().isEmpty() || Hosts.covers(entry.hostname(), host);
            if (hostMatches && entry.match().matches(request)) {
                return act(request, entry, random);
            }
        }
        return new RouteAction.Respond(null, NOT_FOUND, "", "no route matches", List.of());
    }

    private static RouteAction act(
            HttpFacts request, RouteTable.Entry entry, RandomGenerator random) {
        RouteRule rule = entry.rule();
        for (RouteFilter filter : rule.filters()) {
            if (filter instanceof RouteFilter.Redirect redirect) {
                String location = location(request, redirect, entry.match().matchedPrefix());
                return new RouteAction.Redirect(
                        entry.name(), redirect.status(), location, answerFilters(rule.filters()));
            }
            if (filter instanceof RouteFilter.DirectResponse response) {
                return new RouteAction.Respond(
                        entry.name(),
                        response.status(),
                        response.body(),
                        "",
                        answerFilters(rule.filters()));
            }
        }
        return forward(entry, random);
    }

    private static RouteAction forward(RouteTable.Entry entry, RandomGenerator random) {
        RouteRule rule = entry.rule();
        Backend backend = WeightedChoice.choose(rule.backends(), random);
        if (backend == null) {
            return noBackend(entry, "no backend with a weight");
        }
        Retry retry = rule.retry();
        return switch (backend.to()) {
            case BackendRef.Invalid invalid -> noBackend(entry, invalid.reason());
            case BackendRef.ToService to ->
                    new RouteAction.Forward(
                            entry.name(),
                            to,
                            joined(rule.filters(), backend.filters()),
                            entry.match().matchedPrefix(),
                            rule.timeouts(),
                            retry == null ? Retry.DEFAULT : retry);
        };
    }

    private static RouteAction noBackend(RouteTable.Entry entry, String reason) {
        return new RouteAction.Respond(
                entry.name(), NO_BACKEND, "", reason, answerFilters(entry.rule().filters()));
    }

    private static List<RouteFilter> joined(List<RouteFilter> rule, List<RouteFilter> backend) {
        if (backend.isEmpty()) {
            return rule;
        }
        List<RouteFilter> all = new ArrayList<>(rule);
        all.addAll(backend);
        return List.copyOf(all);
    }

    private static List<RouteFilter> answerFilters(List<RouteFilter> filters) {
        return filters.stream()
                .filter(
                        f ->
                                f instanceof RouteFilter.ResponseHeaders
                                        || f instanceof RouteFilter.Cors)
                .toList();
    }

    /** Absolute, because the client may know the service by another name than we do. */
    private static String location(
            HttpFacts request, RouteFilter.Redirect redirect, String matchedPrefix) {
        String before = requestScheme(request);
        String scheme = redirect.scheme().isEmpty() ? before : redirect.scheme();
        String host =
                redirect.hostname().isEmpty()
                        ? Hosts.name(request.authority())
                        : redirect.hostname();
        PathChange change = redirect.path();
        String path =
                change == null
                        ? request.path()
                        : PathRewrite.apply(change, request.path(), matchedPrefix);
        String query = request.query().isEmpty() ? "" : "?" + request.query();
        return scheme + "://" + host + port(request, redirect, scheme) + path + query;
    }

    private static String port(HttpFacts request, RouteFilter.Redirect redirect, String scheme) {
        String port =
                redirect.port() != 0
                        ? String.valueOf(redirect.port())
                        : redirect.scheme().isEmpty() ? Hosts.port(request.authority()) : "";
        boolean usual =
                port.isEmpty()
                        || (scheme.equals(HTTP) && port.equals("80"))
                        || (scheme.equals(HTTPS) && port.equals("443"));
        return usual ? "" : ":" + port;
    }

    /** Inside the mesh requests are plain; a gateway says what its client used. */
    private static String requestScheme(HttpFacts request) {
        List<String> forwarded = request.headers("x-forwarded-proto");
        return forwarded.size() == 1 && forwarded.getFirst().equalsIgnoreCase(HTTPS) ? HTTPS : HTTP;
    }
}
