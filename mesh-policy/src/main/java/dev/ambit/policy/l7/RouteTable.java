package dev.ambit.policy.l7;

import com.google.re2j.PatternSyntaxException;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.WaypointRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The routes of one port of one service, compiled and in the order they are asked: the first that
 * matches wins. Order as Gateway API has it: exact path, longest prefix, regular expression,
 * method, number of headers, number of parameters, oldest route, name. Immutable.
 */
public final class RouteTable {

    /**
     * One match of one rule.
     *
     * @param hostname empty: every host
     */
    record Entry(
            String hostname,
            CompiledMatch match,
            RouteName name,
            RouteRule rule,
            WaypointRoute route) {

        /** Exact before wildcard before none. */
        int hostnameRank() {
            return hostname.isEmpty() ? 0 : hostname.startsWith("*") ? 1 : 2;
        }
    }

    private static final Comparator<Entry> PRECEDENCE =
            Comparator.<Entry>comparingInt(Entry::hostnameRank)
                    .thenComparingInt(e -> e.hostname().length())
                    .thenComparingInt(e -> e.match().pathRank())
                    .thenComparingInt(e -> e.match().pathLength())
                    .thenComparing(e -> e.match().hasMethod())
                    .thenComparingInt(e -> e.match().headerCount())
                    .thenComparingInt(e -> e.match().queryCount())
                    .reversed()
                    .thenComparing(e -> e.route().created())
                    .thenComparing(e -> e.route().key());

    private final NamespacedHostname service;
    private final int port;
    private final boolean routed;
    private final List<Entry> entries;
    private final List<String> problems;

    private RouteTable(
            NamespacedHostname service,
            int port,
            boolean routed,
            List<Entry> entries,
            List<String> problems) {
        this.service = service;
        this.port = port;
        this.routed = routed;
        this.entries = List.copyOf(entries);
        this.problems = List.copyOf(problems);
    }

    /**
     * @param listener the gateway that serves the service
     * @param routes all routes of the waypoint; those with other parents are left out
     */
    public static RouteTable compile(
            GatewayName listener,
            NamespacedHostname service,
            int port,
            Collection<WaypointRoute> routes) {
        List<Entry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        boolean routed = false;
        for (WaypointRoute route : routes) {
            boolean toService = false;
            boolean toListener = false;
            for (Parent parent : route.parents()) {
                boolean samePort = parent.port() == 0 || parent.port() == port;
                switch (parent) {
                    case Parent.ToService to ->
                            toService |= samePort && to.service().equals(service);
                    case Parent.ToListener to ->
                            toListener |= samePort && to.gateway().equals(listener);
                }
            }
            if (toService || toListener) {
                routed = true;
                // A service's requests are its own whatever they call it, so hostnames count only
                // at a listener (Gateway API, mesh routing).
                List<String> hostnames = toService ? List.of() : route.hostnames();
                addRoute(route, hostnames.isEmpty() ? List.of("") : hostnames, entries, problems);
            }
        }
        // Stable: rules and matches of one route keep the order they are written in.
        entries.sort(PRECEDENCE);
        return new RouteTable(service, port, routed, entries, problems);
    }

    private static void addRoute(
            WaypointRoute route,
            List<String> hostnames,
            List<Entry> entries,
            List<String> problems) {
        for (int i = 0; i < route.rules().size(); i++) {
            RouteRule rule = route.rules().get(i);
            RouteName name =
                    new RouteName(
                            route.key(), rule.name().isEmpty() ? String.valueOf(i) : rule.name());
            List<RequestMatch> matches =
                    rule.matches().isEmpty() ? List.of(RequestMatch.ANY) : rule.matches();
            for (RequestMatch match : matches) {
                try {
                    CompiledMatch compiled = new CompiledMatch(match);
                    for (String hostname : hostnames) {
                        entries.add(
                                new Entry(
                                        hostname.toLowerCase(Locale.ROOT),
                                        compiled,
                                        name,
                                        rule,
                                        route));
                    }
                } catch (PatternSyntaxException e) {
                    problems.add(
                            name
                                    + ": regular expression \""
                                    + e.getPattern()
                                    + "\": "
                                    + e.getDescription()
                                    + " (expected: RE2 syntax); this match never matches");
                }
            }
        }
    }

    /** What of the routes could not be compiled; such matches never match. */
    public List<String> problems() {
        return problems;
    }

    NamespacedHostname service() {
        return service;
    }

    int port() {
        return port;
    }

    /** Whether there are routes, so that a request none of them matches has nowhere to go. */
    boolean isRouted() {
        return routed;
    }

    List<Entry> entries() {
        return entries;
    }
}
