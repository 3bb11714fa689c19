package dev.ambit.policy.l7;

import static dev.ambit.policy.l7.Rules.condition;
import static dev.ambit.policy.l7.Rules.header;
import static dev.ambit.policy.l7.Rules.hosts;
import static dev.ambit.policy.l7.Rules.in;
import static dev.ambit.policy.l7.Rules.methods;
import static dev.ambit.policy.l7.Rules.notIn;
import static dev.ambit.policy.l7.Rules.operation;
import static dev.ambit.policy.l7.Rules.paths;
import static dev.ambit.policy.l7.Rules.port;
import static dev.ambit.policy.l7.Rules.principals;
import static dev.ambit.policy.l7.Rules.source;
import static dev.ambit.policy.l7.Rules.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.HttpAuthorization.Action;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.Allowed;
import dev.ambit.policy.Decision.Denied;
import dev.ambit.policy.Decision.DryRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class HttpAuthorizerTest {

    private static final GatewayName GATEWAY = new GatewayName("shop", "wp");
    private static final NamespacedHostname SERVICE = new NamespacedHostname("shop", "reviews");
    private static final AuthorizationRule EVERYTHING =
            new AuthorizationRule(List.of(), List.of(), List.of());
    private static final FakeRequest REQUEST = FakeRequest.get("/admin/users?x=1");

    private final List<WaypointPolicy> policies = new ArrayList<>();

    private HttpPolicySet set() {
        return HttpPolicySet.compile(GATEWAY, SERVICE, policies);
    }

    private Decision decide(HttpFacts request) {
        return HttpAuthorizer.decide(request, set());
    }

    private void policy(String name, Action action, AuthorizationRule... rules) {
        policies.add(of(name, new HttpAuthorization(action, false, List.of(rules))));
    }

    private static WaypointPolicy of(String name, HttpAuthorization authorization) {
        return new WaypointPolicy(
                "shop", name, List.of(new PolicyTarget.ToService(SERVICE)), authorization);
    }

    @Test
    void allowsWhenThereIsNoPolicy() {
        assertThat(decide(REQUEST)).isEqualTo(Allowed.FREELY);
    }

    @Test
    void denyGoesBeforeAllowAndWithoutAnAllowingOneNothingPasses() {
        policy("yes", Action.ALLOW, EVERYTHING);
        assertThat(decide(REQUEST)).isEqualTo(new Allowed("shop/yes", List.of()));
        policy("no", Action.DENY, EVERYTHING);
        assertThat(decide(REQUEST))
                .isEqualTo(new Denied("shop/no", "explicitly denied by: shop/no", List.of()));
        policies.clear();
        policy("nobody", Action.ALLOW);
        assertThat(decide(REQUEST))
                .isEqualTo(new Denied(null, "allow policies exist, but none allowed", List.of()));
    }

    @Test
    void auditsDecideNothing() {
        policy("audit", Action.AUDIT, EVERYTHING);
        assertThat(decide(REQUEST)).isEqualTo(Allowed.FREELY);
    }

    @Test
    void dryRunsAreToldAndDecideNothing() {
        policies.add(of("t1", new HttpAuthorization(Action.DENY, true, List.of(EVERYTHING))));
        policies.add(of("t2", new HttpAuthorization(Action.ALLOW, true, List.of())));
        assertThat(decide(REQUEST))
                .isEqualTo(
                        new Allowed(
                                null,
                                List.of(new DryRun("shop/t1", true), new DryRun(null, true))));
    }

    @Test
    void policiesOfTheGatewayApplyAndThoseOfOtherTargetsDoNot() {
        HttpAuthorization deny = new HttpAuthorization(Action.DENY, false, List.of(EVERYTHING));
        policies.add(
                new WaypointPolicy(
                        "shop",
                        "other",
                        List.of(
                                new PolicyTarget.ToListener(new GatewayName("x", "wp")),
                                new PolicyTarget.ToService(new NamespacedHostname("shop", "x"))),
                        deny));
        assertThat(decide(REQUEST).isAllowed()).isTrue();
        policies.add(
                new WaypointPolicy(
                        "shop", "gw", List.of(new PolicyTarget.ToListener(GATEWAY)), deny));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
    }

    static Stream<Arguments> rules() {
        SourceMatch any = SourceMatch.ANY;
        Values<Cidr> block = new Values<>(List.of(Cidr.parse("10.0.0.0/24")), List.of());
        Values<Cidr> other = new Values<>(List.of(Cidr.parse("10.9.0.0/24")), List.of());
        return Stream.of(
                row("everything", EVERYTHING, true),
                row("principal", principals(in("cluster.local/ns/web/sa/client")), true),
                row("principal by suffix", principals(in("*/sa/client")), true),
                row("other principal", principals(in("cluster.local/ns/web/sa/x")), false),
                row("not principal", principals(notIn("*/sa/client")), false),
                row("namespace", source(with(any, in("web"), Values.any(), Values.any())), true),
                row(
                        "account",
                        source(with(any, Values.any(), in("web/client"), Values.any())),
                        true),
                row(
                        "account of another",
                        source(with(any, Values.any(), in("shop/client"), Values.any())),
                        false),
                row("block", source(with(any, Values.any(), Values.any(), block)), true),
                row("other block", source(with(any, Values.any(), Values.any(), other)), false),
                row("method", methods(in("GET", "HEAD")), true),
                row("other method", methods(in("POST")), false),
                row("not method", methods(notIn("GET")), false),
                row("path", paths(in("/admin/users")), true),
                row("path with query", paths(in("/admin/users?x=1")), false),
                row("path prefix", paths(in("/admin*")), true),
                row("path suffix", paths(in("*/users")), true),
                row("not path", paths(notIn("/admin/*")), false),
                row(
                        "port",
                        operation(
                                new OperationMatch(
                                        Values.any(), port(80), Values.any(), Values.any())),
                        true),
                row(
                        "other port",
                        operation(
                                new OperationMatch(
                                        Values.any(), port(81), Values.any(), Values.any())),
                        false),
                row("source.ip", condition(new Condition.OfAddress("source.ip", block)), true),
                row("remote.ip", condition(new Condition.OfAddress("remote.ip", other)), false),
                row(
                        "destination.ip",
                        condition(new Condition.OfAddress("destination.ip", block)),
                        false),
                row(
                        "destination.port",
                        condition(new Condition.OfPort("destination.port", port(80))),
                        true),
                row(
                        "source.namespace",
                        condition(new Condition.OfText("source.namespace", in("web"))),
                        true),
                row(
                        "source.principal",
                        condition(new Condition.OfText("source.principal", in("*"))),
                        true),
                row(
                        "source.serviceAccount",
                        condition(new Condition.OfText("source.serviceAccount", in("web/client"))),
                        true),
                row(
                        "source.trustDomain",
                        condition(new Condition.OfText("source.trustDomain", in("other"))),
                        false),
                row(
                        "connection.sni",
                        condition(new Condition.OfText("connection.sni", in("*"))),
                        false),
                row("no header", header("x-a", in("*")), false),
                row("not header", header("x-a", notIn("1")), true));
    }

    private static Arguments row(String what, AuthorizationRule rule, boolean matches) {
        return Arguments.of(what, rule, matches);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("rules")
    void matchesAlikeForAllowAndDeny(String what, AuthorizationRule rule, boolean matches) {
        policy("p", Action.DENY, rule);
        assertThat(decide(REQUEST).isAllowed()).isEqualTo(!matches);
        policies.clear();
        policy("p", Action.ALLOW, rule);
        assertThat(decide(REQUEST).isAllowed()).isEqualTo(matches);
        assertThat(set().problems()).isEmpty();
    }

    @Test
    void sourceOperationAndEveryConditionMustAgree() {
        AuthorizationRule both =
                new AuthorizationRule(
                        principals(in("*")).from(),
                        List.of(
                                methods(in("POST")).to().getFirst(),
                                paths(in("/admin*")).to().getFirst()),
                        List.of(header("x-a", in("1")).when().getFirst()));
        policy("p", Action.ALLOW, both);
        assertThat(decide(REQUEST).isAllowed()).isFalse();
        assertThat(decide(REQUEST.header("X-A", "1")).isAllowed()).isTrue();
        assertThat(decide(FakeRequest.get("/other").header("x-a", "1")).isAllowed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a.com, true",
        "A.com, true",
        "a.com:80, true",
        "a.com., true",
        "a.com:443, true",
        "a.com.:80, true",
        "b.a.com, false",
        "a.company, false",
    })
    void aHostIsTheSameWithPortDotAndCapitals(String authority, boolean matches) {
        policy("p", Action.DENY, hosts(in("a.com")));
        assertThat(decide(REQUEST.host(authority)).isAllowed()).isEqualTo(!matches);
        policies.clear();
        policy("p", Action.DENY, hosts(in("*.A.com", "x.com")));
        assertThat(decide(REQUEST.host("b.a.com:8080")).isAllowed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/{*}/b, /a/x/b, true",
        "/a/{*}/b, /a/x/y/b, false",
        "/a/{*}/b, /a//b, false",
        "/a/{**}, /a/b/c, true",
        "/a/{**}, /a, true",
        "/a/{**}/z, /a/b/c/z, true",
        "/a/{**}/z, /a/z, true",
        "/a/{**}/z, /a/b/c, false",
        "/{**}, /, true",
        "/a/{*}/{**}/z, /a/b/z, true",
        "/a/{*}/{**}/z, /a/z, false",
        "/a/{**}/m/{**}/z, /a/m/x/m/z, true",
    })
    void templatesCoverElements(String template, String path, boolean matches) {
        assertThat(new PathTemplate(template).matches(path)).isEqualTo(matches);
        policy(
                "p",
                Action.DENY,
                paths(new Values<>(List.of(new ValueMatch.Template(template)), List.of())));
        assertThat(decide(FakeRequest.get(path)).isAllowed()).isEqualTo(!matches);
    }
}
