package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.MatchBuilder;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.Allowed;
import dev.ambit.policy.Decision.Denied;
import dev.ambit.policy.Decision.DryRun;
import dev.ambit.policy.testing.TestMesh;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class L4AuthorizerTest {

    private static final Workload SERVER = pod("ns/server", "10.0.0.2").build();
    private static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "web", "client");
    private static final ConnectionFacts MTLS = facts(CLIENT);
    private static final ConnectionFacts PLAIN = facts(null);

    private final TestMesh mesh = new TestMesh();

    private static ConnectionFacts facts(@Nullable SpiffeId identity) {
        return new ConnectionFacts(
                identity, IpPort.parse("10.0.0.1:40000"), IpPort.parse("10.0.0.2:8080"));
    }

    private Decision decide(ConnectionFacts connection) {
        return L4Authorizer.decide(connection, SERVER, mesh.state());
    }

    private static Authorization policy(String name, Action action, Rule... rules) {
        return new Authorization(
                "ns", name, Authorization.Scope.NAMESPACE, action, List.of(rules), false);
    }

    private static Authorization dryRun(Authorization policy) {
        return new Authorization(
                policy.namespace(),
                policy.name(),
                policy.scope(),
                policy.action(),
                policy.rules(),
                true);
    }

    private static final Rule EVERYTHING = new Rule(List.of());

    private static Rule rule(MatchBuilder... anyOf) {
        return new Rule(List.of(new Clause(Stream.of(anyOf).map(MatchBuilder::build).toList())));
    }

    private static MatchBuilder match() {
        return Match.builder();
    }

    private static StringMatcher exact(String value) {
        return new StringMatcher.Exact(value);
    }

    @Test
    void allowsWhenThereIsNoPolicy() {
        assertThat(decide(MTLS)).isEqualTo(Allowed.FREELY);
        assertThat(decide(PLAIN)).isEqualTo(Allowed.FREELY);
    }

    @Test
    void deniesWhatADenyPolicyMatches() {
        mesh.with(policy("no", Action.DENY, EVERYTHING));
        assertThat(decide(MTLS))
                .isEqualTo(new Denied("ns/no", "explicitly denied by: ns/no", List.of()));
    }

    @Test
    void denyGoesBeforeAllow() {
        mesh.with(policy("a-yes", Action.ALLOW, EVERYTHING), policy("no", Action.DENY, EVERYTHING));
        assertThat(decide(MTLS)).isInstanceOf(Denied.class);
    }

    @Test
    void deniesWhenNoPolicyAllows() {
        mesh.with(policy("yes", Action.ALLOW, rule(match().principals(exact("other")))));
        assertThat(decide(MTLS))
                .isEqualTo(new Denied(null, "allow policies exist, but none allowed", List.of()));
    }

    @Test
    void namesThePolicyThatAllows() {
        mesh.with(policy("yes", Action.ALLOW, EVERYTHING));
        assertThat(decide(MTLS)).isEqualTo(new Allowed("ns/yes", List.of()));
    }

    @Test
    void anAllowPolicyWithoutRulesAllowsNothingAndADenyPolicyWithoutRulesDeniesNothing() {
        mesh.with(policy("no", Action.DENY));
        assertThat(decide(MTLS)).isEqualTo(Allowed.FREELY);
        mesh.with(policy("yes", Action.ALLOW));
        assertThat(decide(MTLS)).isInstanceOf(Denied.class);
    }

    @Test
    void policiesOfOtherNamespacesDoNotApply() {
        mesh.with(
                new Authorization(
                        "web",
                        "no",
                        Authorization.Scope.NAMESPACE,
                        Action.DENY,
                        List.of(EVERYTHING),
                        false));
        assertThat(decide(MTLS)).isEqualTo(Allowed.FREELY);
    }

    @Test
    void aPolicyTheWorkloadNamesAndNobodySentIsSkipped() {
        Workload selected = SERVER.toBuilder().authorizationPolicies(List.of("ns/missing")).build();
        assertThat(L4Authorizer.decide(MTLS, selected, mesh.state())).isEqualTo(Allowed.FREELY);
        assertThat(mesh.state().policies(selected).missing()).containsExactly("ns/missing");
    }

    @Test
    void dryRunsAreToldAndDecideNothing() {
        mesh.with(
                dryRun(policy("deny-trial", Action.DENY, EVERYTHING)),
                dryRun(policy("allow-trial", Action.ALLOW)));
        assertThat(decide(MTLS))
                .isEqualTo(
                        new Allowed(
                                null,
                                List.of(
                                        new DryRun("ns/deny-trial", true),
                                        new DryRun(null, true))));
        mesh.with(
                policy("no", Action.DENY, EVERYTHING),
                dryRun(policy("allow-trial", Action.ALLOW, EVERYTHING)));
        assertThat(decide(MTLS))
                .isEqualTo(
                        new Denied(
                                "ns/no",
                                "explicitly denied by: ns/no",
                                List.of(
                                        new DryRun("ns/deny-trial", true),
                                        new DryRun("ns/allow-trial", false))));
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                Arguments.of("a rule without clauses", EVERYTHING, true),
                Arguments.of(
                        "a clause without matches", new Rule(List.of(new Clause(List.of()))), true),
                Arguments.of("an empty match", rule(match()), false),
                Arguments.of(
                        "an empty match beside one that holds",
                        rule(match(), match().destinationPorts(8080)),
                        true),
                Arguments.of(
                        "two clauses of which one fails",
                        new Rule(
                                List.of(
                                        new Clause(List.of(match().destinationPorts(8080).build())),
                                        new Clause(List.of(match().destinationPorts(9).build())))),
                        false));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("structures")
    void matchesByStructure(String what, Rule rule, boolean matches) {
        mesh.with(policy("p", Action.DENY, rule));
        assertThat(decide(MTLS).isAllowed()).isEqualTo(!matches);
    }

    static Stream<Arguments> fields() {
        String principal = "cluster.local/ns/web/sa/client";
        StringMatcher any = new StringMatcher.Presence();
        return Stream.of(
                row("port", match().destinationPorts(1, 8080), true, true),
                row("other port", match().destinationPorts(1), false, false),
                row("not port", match().notDestinationPorts(8080), false, false),
                row("not other port", match().notDestinationPorts(1), true, true),
                row("namespace", match().namespaces(exact("web")), true, false),
                row("no namespace is empty", match().namespaces(exact("")), false, true),
                row("any namespace", match().namespaces(any), true, false),
                row("not namespace", match().notNamespaces(exact("web")), false, true),
                row("not any namespace", match().notNamespaces(any), false, true),
                row("principal", match().principals(exact(principal)), true, false),
                row("scheme", match().principals(exact("spiffe://" + principal)), false, false),
                row(
                        "suffix",
                        match().principals(new StringMatcher.Suffix("/sa/client")),
                        true,
                        false),
                row(
                        "prefix",
                        match().principals(new StringMatcher.Prefix("cluster.local/")),
                        true,
                        false),
                row("empty prefix", match().principals(new StringMatcher.Prefix("")), true, false),
                row("any principal", match().principals(any), true, false),
                row("STRICT", match().notPrincipals(any), false, true),
                row("not principal", match().notPrincipals(exact(principal)), false, true),
                row(
                        "dots are dots",
                        match().principals(exact("clusterxlocal/ns/web/sa/client")),
                        false,
                        false),
                row(
                        "account",
                        match().serviceAccounts(new ServiceAccountMatcher("web", "client")),
                        true,
                        false),
                row(
                        "account of another namespace",
                        match().serviceAccounts(new ServiceAccountMatcher("ns", "client")),
                        false,
                        false),
                row(
                        "not account",
                        match().notServiceAccounts(new ServiceAccountMatcher("web", "client")),
                        false,
                        true),
                row("source", match().sourceIps(Cidr.parse("10.0.0.0/24")), true, true),
                row("not source", match().notSourceIps(Cidr.parse("10.0.0.1")), false, false),
                row("other family", match().sourceIps(Cidr.parse("::/0")), false, false),
                row("destination", match().destinationIps(Cidr.parse("10.0.0.2")), true, true),
                row(
                        "not destination",
                        match().notDestinationIps(Cidr.parse("10.0.0.2")),
                        false,
                        false),
                row(
                        "all fields",
                        match().namespaces(exact("web")).destinationPorts(8080),
                        true,
                        false),
                row(
                        "all but one field",
                        match().namespaces(exact("web")).destinationPorts(1),
                        false,
                        false),
                row(
                        "in and not in",
                        match().namespaces(any).notNamespaces(exact("web")),
                        false,
                        false));
    }

    private static Arguments row(String what, MatchBuilder match, boolean mtls, boolean plain) {
        return Arguments.of(what, match, mtls, plain);
    }

    @ParameterizedTest(name = "{0}: {2} with identity, {3} without")
    @MethodSource("fields")
    void matchesByField(String what, MatchBuilder match, boolean mtls, boolean plain) {
        mesh.with(policy("p", Action.DENY, rule(match)));
        assertThat(decide(MTLS).isAllowed()).isEqualTo(!mtls);
        assertThat(decide(PLAIN).isAllowed()).isEqualTo(!plain);
    }

    @Test
    void anAccountOfAnotherTrustDomainIsTheSameAccountButAnotherPrincipal() {
        ConnectionFacts foreign = facts(SpiffeId.of("other.domain", "web", "client"));
        mesh.with(
                policy(
                        "p",
                        Action.DENY,
                        rule(match().serviceAccounts(new ServiceAccountMatcher("web", "client")))));
        assertThat(decide(foreign).isAllowed()).isFalse();
        mesh.with(
                policy(
                        "p",
                        Action.DENY,
                        rule(match().principals(exact("cluster.local/ns/web/sa/client")))));
        assertThat(decide(foreign).isAllowed()).isTrue();
    }
}
