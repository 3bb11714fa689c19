package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.MatchBuilder;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.DryRun;
import dev.ambit.policy.testing.TestMesh;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of reliability 1.D that the authorizer alone can answer. */
final class L4PolicyCasesTest {

    private final TestMesh mesh = new TestMesh();

    private static Authorization policy(String key, Action action, Rule... rules) {
        String[] parts = key.split("/", 2);
        return new Authorization(
                parts[0], parts[1], Scope.NAMESPACE, action, List.of(rules), false);
    }

    private static Rule rule(MatchBuilder match) {
        return new Rule(List.of(new Clause(List.of(match.build()))));
    }

    private Decision decide(@Nullable String identity, String source) {
        return decide(identity, source, "ns/server");
    }

    private Decision decide(@Nullable String identity, String source, String server) {
        return L4Authorizer.decide(
                new ConnectionFacts(
                        identity == null ? null : SpiffeId.parse("spiffe://" + identity),
                        new IpPort(IpAddress.parse(source), 40_000),
                        IpPort.parse("10.0.0.2:8080")),
                pod(server, "10.0.0.2").build(),
                mesh.state());
    }

    private boolean allows(@Nullable String identity, String source) {
        return decide(identity, source).isAllowed();
    }

    @Test
    @DisplayName("D01: a DENY of everything denies every connection")
    void denyOfEverything() {
        mesh.with(policy("ns/deny-all", Action.DENY, new Rule(List.of())));
        assertThat(allows(null, "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/a/sa/x", "10.0.0.1")).isFalse();
    }

    @Test
    @DisplayName("D02: a DENY by a principal's end denies who ends so")
    void denyBySuffix() {
        mesh.with(
                policy(
                        "ns/deny",
                        Action.DENY,
                        rule(Match.builder().principals(new StringMatcher.Suffix("/sa/x")))));
        assertThat(allows("cluster.local/ns/a/sa/x", "10.0.0.1")).isFalse();
        assertThat(allows("other.domain/ns/b/sa/x", "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/a/sa/xx", "10.0.0.1")).isTrue();
        assertThat(allows("cluster.local/ns/a/sa/y", "10.0.0.1")).isTrue();
    }

    @Test
    @DisplayName("D03: who shows no identity is not allowed for not being somebody")
    void noIdentityAllowsNothingByNegation() {
        for (MatchBuilder exclusion : exclusions()) {
            TestMesh fresh = new TestMesh();
            fresh.with(policy("ns/allow", Action.ALLOW, rule(exclusion)));
            assertThat(decideIn(fresh, null)).isFalse();
            assertThat(decideIn(fresh, "cluster.local/ns/good/sa/good")).isTrue();
            assertThat(decideIn(fresh, "cluster.local/ns/bad/sa/bad")).isFalse();
        }
    }

    @Test
    @DisplayName("D03: a DENY of all but some denies who shows no identity")
    void noIdentityIsNotExceptedFromADeny() {
        for (MatchBuilder exclusion : exclusions()) {
            TestMesh fresh = new TestMesh();
            fresh.with(policy("ns/deny", Action.DENY, rule(exclusion)));
            assertThat(decideIn(fresh, null)).isFalse();
            assertThat(decideIn(fresh, "cluster.local/ns/bad/sa/bad")).isTrue();
        }
    }

    private static List<MatchBuilder> exclusions() {
        return List.of(
                Match.builder().notNamespaces(new StringMatcher.Exact("bad")),
                Match.builder()
                        .notPrincipals(new StringMatcher.Exact("cluster.local/ns/bad/sa/bad")),
                Match.builder().notServiceAccounts(new ServiceAccountMatcher("bad", "bad")));
    }

    private static boolean decideIn(TestMesh mesh, @Nullable String identity) {
        L4PolicyCasesTest other = new L4PolicyCasesTest();
        other.mesh.with(mesh.state().authorizations().toArray(Authorization[]::new));
        return other.allows(identity, "10.0.0.1");
    }

    @ParameterizedTest(name = "D04: {0} is literal and not {1}")
    @CsvSource({"a.b,aXb", "a.b,ab", "a.b,a.bc", "a-b,aXb", "a.b,A.b"})
    void specialCharactersAreLiteral(String named, String other) {
        mesh.with(
                policy(
                        "ns/allow",
                        Action.ALLOW,
                        rule(
                                Match.builder()
                                        .serviceAccounts(new ServiceAccountMatcher("a.b", named))),
                        rule(
                                Match.builder()
                                        .principals(
                                                new StringMatcher.Exact(
                                                        "cluster.local/ns/n.s/sa/" + named))),
                        rule(Match.builder().namespaces(new StringMatcher.Exact(named)))));
        assertThat(allows("cluster.local/ns/a.b/sa/" + named, "10.0.0.1")).isTrue();
        assertThat(allows("cluster.local/ns/n.s/sa/" + named, "10.0.0.1")).isTrue();
        assertThat(allows("cluster.local/ns/aXb/sa/" + named, "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/nXs/sa/" + named, "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/n.s/sa/" + other, "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/" + other + "/sa/z", "10.0.0.1")).isFalse();
    }

    @ParameterizedTest(name = "D04: {0} in a matcher matches only itself")
    @CsvSource({"ns+", "n(s", "n[s", "ns*", "n?", ".*", "'^ns$'"})
    void patternsAreText(String text) {
        mesh.with(
                policy(
                        "ns/allow",
                        Action.ALLOW,
                        rule(Match.builder().namespaces(new StringMatcher.Exact(text))),
                        rule(Match.builder().namespaces(new StringMatcher.Prefix(text))),
                        rule(Match.builder().principals(new StringMatcher.Suffix(text)))));
        assertThat(allows("cluster.local/ns/ns/sa/ns", "10.0.0.1")).isFalse();
        assertThat(allows("cluster.local/ns/nns/sa/nns", "10.0.0.1")).isFalse();
    }

    @ParameterizedTest(name = "D10: {0} holds {1} to {2}")
    @CsvSource({
        "10.0.0.0/8,10.0.0.0,10.255.255.255,9.255.255.255,11.0.0.0",
        "10.1.2.3/8,10.0.0.0,10.255.255.255,9.255.255.255,11.0.0.0",
        "10.0.0.7/32,10.0.0.7,10.0.0.7,10.0.0.6,10.0.0.8",
        "10.0.0.6/31,10.0.0.6,10.0.0.7,10.0.0.5,10.0.0.8",
        "::ffff:10.0.0.0/104,10.0.0.0,10.255.255.255,9.255.255.255,11.0.0.0",
        "::ffff:10.9.9.9/104,::ffff:10.0.0.0,::ffff:10.255.255.255,::ffff:9.255.255.255,11.0.0.0",
        "0.0.0.0/0,0.0.0.0,255.255.255.255,::1,2001:db8::1",
        "::ffff:0.0.0.0/96,0.0.0.0,255.255.255.255,::1,2001:db8::1",
        "::/0,::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,10.0.0.1,::ffff:10.0.0.1",
        "2001:db8::/32,2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,2001:db7:ffff::,2001:db9::",
        "2001:db8::7/128,2001:db8::7,2001:db8::7,2001:db8::6,2001:db8::8",
        "2001:db8:0:1::/64,2001:db8:0:1::,2001:db8:0:1:ffff:ffff:ffff:ffff,2001:db8::,2001:db8:0:2::",
        "2001:db8:0:0:8000::/65,2001:db8::8000:0:0:0,2001:db8::ffff:ffff:ffff:ffff,2001:db8::7fff:ffff:ffff:ffff,2001:db8:0:1::"
    })
    void blocksAreExactAtTheirEdges(
            String block, String first, String last, String before, String after) {
        List<Cidr> blocks = new ArrayList<>();
        blocks.add(Cidr.parse(block));
        mesh.with(
                policy(
                        "ns/deny",
                        Action.DENY,
                        rule(Match.builder().sourceIps(blocks.toArray(Cidr[]::new)))));
        assertThat(allows(null, first)).as(first).isFalse();
        assertThat(allows(null, last)).as(last).isFalse();
        assertThat(allows(null, before)).as(before).isTrue();
        assertThat(allows(null, after)).as(after).isTrue();
    }

    @Test
    @DisplayName("D13: a dry run denies nothing and says what it would have done")
    void dryRunsDenyNothing() {
        Authorization deny = policy("ns/deny", Action.DENY, new Rule(List.of()));
        Authorization allow = policy("ns/none", Action.ALLOW);
        mesh.with(dry(deny), dry(allow));
        assertThat(decide(null, "10.0.0.1"))
                .isEqualTo(
                        new Decision.Allowed(
                                null,
                                List.of(new DryRun("ns/deny", true), new DryRun(null, true))));
    }

    private static Authorization dry(Authorization policy) {
        return new Authorization(
                policy.namespace(),
                policy.name(),
                policy.scope(),
                policy.action(),
                policy.rules(),
                true);
    }

    @Test
    @DisplayName("D14: of two policies of one name each applies to its own namespace")
    void sameNameInTwoNamespaces() {
        mesh.with(
                policy("a/same", Action.DENY, new Rule(List.of())),
                policy("b/same", Action.ALLOW, new Rule(List.of())));
        assertThat(decide(null, "10.0.0.1", "a/server"))
                .isEqualTo(
                        new Decision.Denied("a/same", "explicitly denied by: a/same", List.of()));
        assertThat(decide(null, "10.0.0.1", "b/server"))
                .isEqualTo(new Decision.Allowed("b/same", List.of()));
        mesh.state().applyAuthorizations(List.of(), List.of("a/same"));
        assertThat(decide(null, "10.0.0.1", "a/server")).isEqualTo(Decision.Allowed.FREELY);
        assertThat(decide(null, "10.0.0.1", "b/server"))
                .isEqualTo(new Decision.Allowed("b/same", List.of()));
    }
}
