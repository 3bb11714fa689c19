package dev.ambit.policy.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HeaderChange;
import dev.ambit.api.waypoint.NamedValueMatch;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.policy.l7.RouteAction.Forward;
import dev.ambit.policy.l7.RouteAction.Redirect;
import dev.ambit.policy.l7.RouteAction.Respond;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteMatcherTest {

    private static final GatewayName GATEWAY = new GatewayName("shop", "wp");
    private static final NamespacedHostname SERVICE =
            new NamespacedHostname("shop", "reviews.shop.svc.cluster.local");

    private final List<WaypointRoute> routes = new ArrayList<>();
    private final Random random = new Random(3);

    private RouteAction match(HttpFacts request) {
        return RouteMatcher.match(
                request, RouteTable.compile(GATEWAY, SERVICE, 80, routes), random);
    }

    /** The host name of the backend chosen, or the status answered. */
    private String goesTo(HttpFacts request) {
        return switch (match(request)) {
            case Forward forward -> forward.to().service().hostname();
            case Redirect redirect -> redirect.location();
            case Respond respond -> String.valueOf(respond.status());
        };
    }

    private static NamespacedHostname named(String hostname) {
        return new NamespacedHostname("shop", hostname);
    }

    private static Backend to(String hostname, int weight) {
        return new Backend(new BackendRef.ToService(named(hostname), 80), weight, List.of());
    }

    private static RouteRule rule(String backend, RequestMatch... matches) {
        return new RouteRule(
                "", List.of(matches), List.of(), List.of(to(backend, 1)), Timeouts.NONE, null);
    }

    private static RouteRule filtered(List<RouteFilter> filters, Backend... backends) {
        return new RouteRule(
                "",
                List.of(path(new PathMatch.Prefix("/a"))),
                filters,
                List.of(backends),
                Timeouts.NONE,
                null);
    }

    private static RequestMatch path(@Nullable PathMatch path) {
        return new RequestMatch(path, List.of(), List.of(), "");
    }

    private void route(String name, RouteRule... rules) {
        route(name, Instant.EPOCH, new Parent.ToService(SERVICE, 0), List.of(), rules);
    }

    private void route(
            String name,
            Instant created,
            Parent parent,
            List<String> hostnames,
            RouteRule... rules) {
        routes.add(
                new WaypointRoute(
                        WaypointRoute.HTTP_ROUTE,
                        "shop",
                        name,
                        created,
                        List.of(parent),
                        hostnames,
                        List.of(rules)));
    }

    @Test
    void aServiceWithoutRoutesForwardsToItself() {
        assertThat(match(FakeRequest.get("/a")))
                .isEqualTo(
                        new Forward(
                                null,
                                new BackendRef.ToService(SERVICE, 80),
                                List.of(),
                                "",
                                Timeouts.NONE,
                                Retry.DEFAULT));
    }

    @Test
    void answers404WhereNoRouteMatches() {
        route("r", rule("b", path(new PathMatch.Exact("/other"))));
        assertThat(match(FakeRequest.get("/a")))
                .isEqualTo(new Respond(null, 404, "", "no route matches", List.of()));
    }

    @Test
    void routesOfOtherServicesAndPortsDoNotCount() {
        route("a", Instant.EPOCH, new Parent.ToService(named("x"), 0), List.of(), rule("x"));
        route("b", Instant.EPOCH, new Parent.ToService(SERVICE, 81), List.of(), rule("x"));
        route(
                "c",
                Instant.EPOCH,
                new Parent.ToListener(new GatewayName("shop", "other"), 0),
                List.of(),
                rule("x"));
        assertThat(goesTo(FakeRequest.get("/"))).isEqualTo(SERVICE.hostname());
    }

    @ParameterizedTest
    @CsvSource({
        "/a, true",
        "/a/, true",
        "/a/b, true",
        "/ab, false",
        "/, false",
        "/A, false",
    })
    void aPrefixCoversWholeElements(String requested, boolean matches) {
        route("r", rule("b", path(new PathMatch.Prefix("/a"))));
        assertThat(goesTo(FakeRequest.get(requested))).isEqualTo(matches ? "b" : "404");
        routes.clear();
        route("r", rule("b", path(new PathMatch.Prefix("/a/"))));
        assertThat(goesTo(FakeRequest.get(requested))).isEqualTo(matches ? "b" : "404");
    }

    @ParameterizedTest
    @CsvSource({"/v1/x, true", "/v12/x, true", "/v/x, false", "/v1/x/y, false", "/z/v1/x, false"})
    void aRegularExpressionIsForTheWholePath(String requested, boolean matches) {
        route("r", rule("b", path(new PathMatch.Regex("/v[0-9]+/[^/]+"))));
        assertThat(goesTo(FakeRequest.get(requested))).isEqualTo(matches ? "b" : "404");
    }

    @Test
    void aRegularExpressionTakesNoLongerForALongPath() {
        route("r", rule("b", path(new PathMatch.Regex("(a+)+$"))));
        assertThat(goesTo(FakeRequest.get("/" + "a".repeat(100_000) + "!"))).isEqualTo("404");
    }

    @Test
    void saysWhichRegularExpressionItCannotCompileAndNeverMatchesIt() {
        route("r", rule("b", path(new PathMatch.Regex("(")), path(new PathMatch.Exact("/x"))));
        RouteTable table = RouteTable.compile(GATEWAY, SERVICE, 80, routes);
        assertThat(table.problems())
                .singleElement()
                .asString()
                .startsWith("shop/r/0: regular expression \"(\"");
        assertThat(goesTo(FakeRequest.get("/a"))).isEqualTo("404");
        assertThat(goesTo(FakeRequest.get("/x"))).isEqualTo("b");
    }

    @Test
    void allHeadersAndParametersMustAgree() {
        route(
                "r",
                rule(
                        "b",
                        new RequestMatch(
                                null,
                                List.of(
                                        new NamedValueMatch.Exact("X-User", "jason"),
                                        new NamedValueMatch.Regex("x-env", "te.t")),
                                List.of(new NamedValueMatch.Exact("q", "a b")),
                                "GET")));
        FakeRequest good =
                FakeRequest.get("/?q=a+b&q=c").header("x-user", "jason").header("X-Env", "test");
        assertThat(goesTo(good)).isEqualTo("b");
        assertThat(goesTo(good.method("POST"))).isEqualTo("404");
        assertThat(goesTo(good.header("x-user", "eve"))).isEqualTo("404");
        assertThat(goesTo(FakeRequest.get("/?q=a%20b").header("x-user", "jason"))).isEqualTo("404");
    }

    @ParameterizedTest
    @CsvSource({
        "'/?a=1', true",
        "'/?a=1&b=2', true",
        "'/?b=2&a=1', true",
        "'/?%61=%31', true",
        "'/?a=2&a=1', false",
        "'/?aa=1', false",
        "'/?a', false",
        "'/', false",
        "'/?b=a=1', false",
    })
    void theFirstParameterOfANameCounts(String requested, boolean matches) {
        route(
                "r",
                rule(
                        "b",
                        new RequestMatch(
                                null,
                                List.of(),
                                List.of(new NamedValueMatch.Exact("a", "1")),
                                "")));
        assertThat(goesTo(FakeRequest.get(requested))).isEqualTo(matches ? "b" : "404");
    }

    /** Gateway API, HTTPRouteRule: the most specific match wins, whatever the order. */
    @Test
    void theMostSpecificMatchWins() {
        NamedValueMatch h1 = new NamedValueMatch.Exact("h1", "1");
        NamedValueMatch h2 = new NamedValueMatch.Exact("h2", "1");
        NamedValueMatch q1 = new NamedValueMatch.Exact("q", "1");
        PathMatch prefix = new PathMatch.Prefix("/a");
        route(
                "r",
                rule("none", RequestMatch.ANY),
                rule("regex", path(new PathMatch.Regex("/.*"))),
                rule("short", path(prefix)),
                rule("query", new RequestMatch(prefix, List.of(), List.of(q1), "")),
                rule("header", new RequestMatch(prefix, List.of(h1), List.of(), "")),
                rule("headers", new RequestMatch(prefix, List.of(h1, h2), List.of(), "")),
                rule("method", new RequestMatch(prefix, List.of(), List.of(), "GET")),
                rule("long", path(new PathMatch.Prefix("/a/b"))),
                rule("exact", path(new PathMatch.Exact("/a/b/c"))));
        FakeRequest all = FakeRequest.get("/a/x?q=1").header("h1", "1").header("h2", "1");
        assertThat(goesTo(FakeRequest.get("/a/b/c"))).isEqualTo("exact");
        assertThat(goesTo(FakeRequest.get("/a/b/d"))).isEqualTo("long");
        assertThat(goesTo(all)).isEqualTo("method");
        assertThat(goesTo(all.method("POST"))).isEqualTo("headers");
        assertThat(goesTo(FakeRequest.get("/a/x?q=1").header("h1", "1").method("POST")))
                .isEqualTo("header");
        assertThat(goesTo(FakeRequest.get("/a/x?q=1").method("POST"))).isEqualTo("query");
        assertThat(goesTo(FakeRequest.get("/a/x").method("POST"))).isEqualTo("short");
        // Without a path a match asks for the prefix "/", and a prefix goes before a regex.
        assertThat(goesTo(FakeRequest.get("/b"))).isEqualTo("none");
        assertThat(goesTo(FakeRequest.get("*").method("OPTIONS"))).isEqualTo("none");
    }

    @Test
    void ofEqualMatchesTheOldestRouteWinsThenTheNameThenTheOrder() {
        Parent parent = new Parent.ToService(SERVICE, 0);
        route("a", Instant.ofEpochSecond(2), parent, List.of(), rule("younger"));
        route("z", Instant.ofEpochSecond(1), parent, List.of(), rule("older"), rule("second"));
        assertThat(goesTo(FakeRequest.get("/"))).isEqualTo("older");
        route("y", Instant.ofEpochSecond(1), parent, List.of(), rule("named"));
        assertThat(goesTo(FakeRequest.get("/"))).isEqualTo("named");
    }

    @Test
    void hostNamesCountAtAListenerAndNotAtAService() {
        Parent listener = new Parent.ToListener(GATEWAY, 0);
        route("any", Instant.EPOCH, listener, List.of(), rule("any"));
        route("wild", Instant.EPOCH, listener, List.of("*.Example.com"), rule("wild"));
        route("exact", Instant.EPOCH, listener, List.of("a.example.com"), rule("exact"));
        assertThat(goesTo(FakeRequest.get("/").host("A.example.com:80"))).isEqualTo("exact");
        assertThat(goesTo(FakeRequest.get("/").host("b.c.example.com."))).isEqualTo("wild");
        assertThat(goesTo(FakeRequest.get("/").host("example.com"))).isEqualTo("any");
        assertThat(goesTo(FakeRequest.get("/").host("[::1]:80"))).isEqualTo("any");
        routes.clear();
        route(
                "r",
                Instant.EPOCH,
                new Parent.ToService(SERVICE, 80),
                List.of("other.example"),
                rule("b"));
        assertThat(goesTo(FakeRequest.get("/"))).isEqualTo("b");
    }

    @Test
    void splitsRequestsByWeight() {
        route("r", filtered(List.of(), to("v1", 90), to("v2", 10), to("v3", 0)));
        RouteTable table = RouteTable.compile(GATEWAY, SERVICE, 80, routes);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Forward forward = (Forward) RouteMatcher.match(FakeRequest.get("/a"), table, random);
            counts.merge(forward.to().service().hostname(), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys("v1", "v2");
        assertThat(counts.get("v2")).isBetween(1_850, 2_150);
    }

    @Test
    void answers500WhereThereIsNoBackend() {
        Backend invalid = new Backend(new BackendRef.Invalid("no Service shop/x"), 1, List.of());
        route("r", filtered(List.of(), invalid));
        assertThat(match(FakeRequest.get("/a")))
                .isEqualTo(
                        new Respond(
                                new RouteName("shop/r", "0"),
                                500,
                                "",
                                "no Service shop/x",
                                List.of()));
        routes.clear();
        route("r", filtered(List.of()));
        assertThat(goesTo(FakeRequest.get("/a"))).isEqualTo("500");
        routes.clear();
        route("r", filtered(List.of(), to("b", 0)));
        assertThat(goesTo(FakeRequest.get("/a"))).isEqualTo("500");
    }

    @Test
    void handsOnTheFiltersOfTheRuleAndThenOfTheBackend() {
        RouteFilter ofRule = new RouteFilter.Rewrite("x", null);
        RouteFilter ofBackend =
                new RouteFilter.RequestHeaders(
                        new HeaderChange(List.of(), List.of(), List.of("x-secret")));
        Retry retry = new Retry(5, List.of(503), java.time.Duration.ZERO);
        Timeouts timeouts = new Timeouts(java.time.Duration.ofSeconds(1), java.time.Duration.ZERO);
        route(
                "r",
                new RouteRule(
                        "main",
                        List.of(path(new PathMatch.Prefix("/a"))),
                        List.of(ofRule),
                        List.of(
                                new Backend(
                                        new BackendRef.ToService(named("b"), 80),
                                        1,
                                        List.of(ofBackend))),
                        timeouts,
                        retry));
        assertThat(match(FakeRequest.get("/a/b")))
                .isEqualTo(
                        new Forward(
                                new RouteName("shop/r", "main"),
                                new BackendRef.ToService(named("b"), 80),
                                List.of(ofRule, ofBackend),
                                "/a",
                                timeouts,
                                retry));
    }

    @ParameterizedTest
    @CsvSource({
        // authority, scheme, hostname, port; location
        "shop.example, '', '', 0, http://shop.example/a/b?c=d",
        "shop.example:8080, '', '', 0, http://shop.example:8080/a/b?c=d",
        "shop.example:80, '', '', 0, http://shop.example/a/b?c=d",
        "shop.example:8080, https, '', 0, https://shop.example/a/b?c=d",
        "shop.example, https, new.example, 8443, https://new.example:8443/a/b?c=d",
        "shop.example, https, '', 443, https://shop.example/a/b?c=d",
        "[fd00::1]:80, '', '', 0, 'http://[fd00::1]/a/b?c=d'",
    })
    void redirectsWithWhatIsSetAndKeepsTheRest(
            String authority, String scheme, String hostname, int port, String location) {
        route("r", filtered(List.of(new RouteFilter.Redirect(scheme, hostname, null, port, 301))));
        assertThat(match(FakeRequest.get("/a/b?c=d").host(authority)))
                .isEqualTo(new Redirect(new RouteName("shop/r", "0"), 301, location, List.of()));
    }

    @Test
    void answersItselfWithTheFiltersOfAnswers() {
        RouteFilter header =
                new RouteFilter.ResponseHeaders(
                        new HeaderChange(
                                List.of(new HeaderChange.Header("a", "b")), List.of(), List.of()));
        route(
                "r",
                filtered(
                        List.of(
                                header,
                                new RouteFilter.Rewrite("x", null),
                                new RouteFilter.DirectResponse(418, "teapot"))));
        assertThat(match(FakeRequest.get("/a")))
                .isEqualTo(
                        new Respond(
                                new RouteName("shop/r", "0"), 418, "teapot", "", List.of(header)));
    }
}
