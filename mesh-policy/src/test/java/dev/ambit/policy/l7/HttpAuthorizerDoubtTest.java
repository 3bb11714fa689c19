package dev.ambit.policy.l7;

import static dev.ambit.policy.l7.Rules.condition;
import static dev.ambit.policy.l7.Rules.header;
import static dev.ambit.policy.l7.Rules.in;
import static dev.ambit.policy.l7.Rules.methods;
import static dev.ambit.policy.l7.Rules.notIn;
import static dev.ambit.policy.l7.Rules.operation;
import static dev.ambit.policy.l7.Rules.paths;
import static dev.ambit.policy.l7.Rules.port;
import static dev.ambit.policy.l7.Rules.principals;
import static dev.ambit.policy.l7.Rules.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.HttpAuthorization.Action;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a request leaves room for doubt, it is not let in. */
final class HttpAuthorizerDoubtTest {

    private static final GatewayName GATEWAY = new GatewayName("shop", "wp");
    private static final NamespacedHostname SERVICE = new NamespacedHostname("shop", "reviews");
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
    void everyValueOfAHeaderCounts() {
        FakeRequest two = REQUEST.header("x-role", "user").header("x-role", "admin");
        policy("p", Action.DENY, header("x-role", in("admin")));
        assertThat(decide(two).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, header("x-role", in("user,admin")));
        assertThat(decide(two).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, header("x-role", notIn("user")));
        assertThat(decide(two).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.ALLOW, header("x-role", in("user")));
        assertThat(decide(two).isAllowed()).isFalse();
        assertThat(decide(REQUEST.header("x-role", "user")).isAllowed()).isTrue();
    }

    @Test
    void aPathWithParametersIsDeniedInEitherReading() {
        FakeRequest request = FakeRequest.get("/admin;x=1/users");
        policy("p", Action.DENY, paths(in("/admin/users")));
        assertThat(decide(request).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.ALLOW, paths(in("/admin;*")));
        assertThat(decide(request).isAllowed()).isFalse();
    }

    /** No token is verified yet, so no request has one; a DENY of those without one denies all. */
    @Test
    void whatNeedsATokenNeverAllowsAndIsSaid() {
        policy("p", Action.ALLOW, tokens(in("*")), tokens(notIn("evil")));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
        assertThat(set().problems())
                .hasSize(2)
                .first()
                .asString()
                .contains("shop/p: requestPrincipals needs JWT");
        policies.clear();
        policy("p", Action.DENY, tokens(notIn("*")));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, tokens(in("*")));
        assertThat(decide(REQUEST).isAllowed()).isTrue();
        policies.clear();
        policy(
                "p",
                Action.ALLOW,
                condition(new Condition.OfText("request.auth.claims[a]", in("b"))));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
    }

    @Test
    void anAttributeItDoesNotKnowNeverLetsARequestIn() {
        Condition unknown = new Condition.OfText("experimental.envoy.filters.a", in("b"));
        policy("p", Action.ALLOW, condition(unknown));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
        assertThat(set().problems()).singleElement().asString().contains("is not known");
        policies.clear();
        policy("p", Action.DENY, condition(unknown));
        assertThat(decide(REQUEST).isAllowed()).isFalse();
    }

    @Test
    void whoHasNoIdentityIsNotLetInForNotBeingSomebody() {
        FakeRequest anonymous =
                REQUEST.over(
                        new ConnectionFacts(
                                null, IpPort.parse("10.0.0.1:40000"), IpPort.parse("10.1.0.1:80")));
        policy("p", Action.ALLOW, principals(notIn("evil")));
        assertThat(decide(anonymous).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, principals(notIn("*")));
        assertThat(decide(anonymous).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, principals(in("*")));
        assertThat(decide(anonymous).isAllowed()).isTrue();
    }

    @Test
    void withoutHttpAnAllowRuleThatAsksForItNeverMatchesAndADenyRuleStopsAsking() {
        policy("p", Action.ALLOW, methods(in("GET")));
        assertThat(HttpAuthorizer.decide(REQUEST.connection(), set()).isAllowed()).isFalse();
        policies.clear();
        policy("p", Action.DENY, methods(in("GET")));
        assertThat(HttpAuthorizer.decide(REQUEST.connection(), set()).isAllowed()).isFalse();
        policies.clear();
        policy(
                "p",
                Action.DENY,
                operation(new OperationMatch(Values.any(), port(81), in("GET"), Values.any())));
        assertThat(HttpAuthorizer.decide(REQUEST.connection(), set()).isAllowed()).isTrue();
        policies.clear();
        policy("p", Action.ALLOW, principals(in("*")));
        assertThat(HttpAuthorizer.decide(REQUEST.connection(), set()).isAllowed()).isTrue();
    }
}
