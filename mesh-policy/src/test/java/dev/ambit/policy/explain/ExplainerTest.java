package dev.ambit.policy.explain;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.Cidr;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.MatchBuilder;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.explain.Explanation.Judgement;
import dev.ambit.policy.explain.Explanation.PolicyAnswer;
import dev.ambit.policy.explain.Explanation.Step;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.match.Group;
import dev.ambit.policy.testing.TestMesh;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExplainerTest {

    private static final String CLIENT = "cluster.local/ns/ns/sa/client";

    private final TestMesh mesh =
            new TestMesh()
                    .with(
                            pod("ns/client", "10.0.0.1").build(),
                            pod("ns/server", "10.0.0.2").services(endpointOf("ns/web")).build(),
                            pod("ns/plain", "10.0.0.3").tunnelProtocol(TunnelProtocol.NONE).build(),
                            pod("ns/wp", "10.0.0.9").services(endpointOf("ns/wp")).build(),
                            service("ns/wp", "10.1.0.9", "15008:15008").build(),
                            service("ns/web", "10.1.0.1", "80:8080").build());

    private Explanation explain(String src, String dst, boolean plaintext) {
        Question question = new QuestionReader(mesh.state(), "").read(src, dst, plaintext);
        return new Explainer("", Set.of(15008)).explain(question, mesh.state(), new Random(1));
    }

    private Explanation explain(String src, String dst) {
        return explain(src, dst, false);
    }

    private static Authorization policy(String name, Action action, MatchBuilder... rules) {
        List<Rule> list = new ArrayList<>();
        for (MatchBuilder match : rules) {
            list.add(new Rule(List.of(new Clause(List.of(match.build())))));
        }
        return new Authorization("ns", name, Scope.NAMESPACE, action, list, false);
    }

    @Test
    void followsAServiceToAnEndpointAndNamesTheRuleThatAllows() {
        mesh.with(
                policy(
                        "deny-other",
                        Action.DENY,
                        Match.builder().namespaces(new StringMatcher.Exact("other"))),
                policy(
                        "allow",
                        Action.ALLOW,
                        Match.builder().destinationPorts(9),
                        Match.builder().principals(new StringMatcher.Exact(CLIENT))));
        Explanation e = explain("ns/client", "web.ns.svc.cluster.local:80");
        assertThat(e.allowed()).isTrue();
        assertThat(e.verdict()).isEqualTo("allowed by ns/allow, rule 2");
        assertThat(e.path().kind()).isEqualTo("tunnel");
        assertThat(e.path().service()).isEqualTo("ns/web.ns.svc.cluster.local");
        assertThat(e.path().candidates()).isEqualTo(1);
        assertThat(e.path().steps())
                .singleElement()
                .satisfies(
                        step -> {
                            assertThat(step.address()).isEqualTo("10.0.0.2:15008");
                            assertThat(step.authority()).isEqualTo("10.0.0.2:8080");
                            assertThat(step.expected())
                                    .hasToString("[spiffe://cluster.local/ns/ns/sa/server]");
                        });
        assertThat(e.judgements().getFirst().policies())
                .containsExactly(
                        new PolicyAnswer(
                                "ns/deny-other",
                                Scope.NAMESPACE,
                                Group.DENY,
                                0,
                                "rule 1: source namespace \"ns\" is not among namespaces",
                                false),
                        new PolicyAnswer(
                                "ns/allow",
                                Scope.NAMESPACE,
                                Group.ALLOW,
                                2,
                                "rule 2 matches",
                                true));
    }

    @Test
    void saysWhyNoPolicyAllows() {
        mesh.with(
                policy(
                        "allow",
                        Action.ALLOW,
                        Match.builder().sourceIps(Cidr.parse("10.9.0.0/16")),
                        Match.builder().destinationPorts(1, 2)));
        Explanation e = explain("10.0.0.1", "ns/server:8080");
        assertThat(e.allowed()).isFalse();
        assertThat(e.verdict()).isEqualTo("denied: allow policies exist, but none allowed");
        assertThat(e.judgements().getFirst().policies().getFirst().why())
                .isEqualTo(
                        "rule 1: source address 10.0.0.1 is not in sourceIps;"
                                + " rule 2: destination port 8080 is not among destinationPorts");
    }

    @Test
    void showsThePoliciesTheWaypointsIdentityWhereThereIsOne() {
        mesh.with(service("ns/web", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build());
        mesh.with(
                policy(
                        "only-client",
                        Action.ALLOW,
                        Match.builder().principals(new StringMatcher.Exact(CLIENT))));
        Explanation e = explain("spiffe://" + CLIENT, "10.1.0.1:80");
        assertThat(e.path().kind()).isEqualTo("waypoint");
        assertThat(e.path().steps())
                .extracting(Step::address)
                .containsExactly("10.0.0.9:15008", "10.0.0.2:8080");
        assertThat(e.allowed()).isFalse();
        assertThat(e.judgements().getFirst().peer())
                .hasToString("spiffe://cluster.local/ns/ns/sa/wp");
    }

    @Test
    void refusesWhereTheWaypointIsNotKnown() {
        mesh.with(service("ns/web", "10.1.0.1", "80:8080").waypoint(waypoint("ns/none")).build());
        Explanation e = explain("ns/client", "10.1.0.1:80");
        assertThat(e.allowed()).isFalse();
        assertThat(e.verdict()).startsWith("refused: unknown waypoint: ns/none");
    }

    @Test
    void asksPoliciesWithoutIdentityInPlainText() {
        mesh.with(
                policy(
                        "strict",
                        Action.DENY,
                        Match.builder().notPrincipals(new StringMatcher.Presence())));
        assertThat(explain("ns/client", "ns/server:80").allowed()).isTrue();
        assertThat(explain("ns/client", "ns/server:80", true).verdict())
                .isEqualTo("denied: explicitly denied by: ns/strict, rule 1");
        assertThat(explain("192.0.2.1:555", "ns/server:80").allowed()).isFalse();
        assertThat(explain("ns/plain", "ns/server:80").allowed()).isFalse();
    }

    @Test
    void leavesAloneWhatTheMeshDoesNotKnow() {
        assertThat(explain("ns/client", "192.0.2.1:443").path().kind()).isEqualTo("passthrough");
        assertThat(explain("ns/client", "ns/plain:1").path().kind()).isEqualTo("direct");
    }

    @ParameterizedTest
    @CsvSource({
        "nobody,10.0.0.2:80,src",
        "ns/nobody,10.0.0.2:80,src",
        "spiffe://x,10.0.0.2:80,src",
        "spiffe://cluster.local/ns/ns/sa/nobody,10.0.0.2:80,src",
        "10.0.0.1,10.0.0.2,dst",
        "10.0.0.1,none.example:80,dst",
        "10.0.0.1,ns/nobody:80,dst",
        "10.0.0.1,ns/server:99999,dst",
        "10.0.0.1,ns/server:,dst"
    })
    void saysWhatIsWrongWithAQuestion(String src, String dst, String parameter) {
        assertThatThrownBy(() -> explain(src, dst))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(parameter + ": ")
                .hasMessageContaining("expected: ");
    }

    /** An explanation must not say otherwise than the data path does, and name what decided. */
    @Test
    void saysWhatTheAuthorizerDecides() {
        Random random = new Random(41);
        Set<String> verdicts = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            List<Authorization> policies = new ArrayList<>();
            for (int p = random.nextInt(5); p >= 0; p--) {
                policies.add(random(random, p));
            }
            mesh.state()
                    .applyAuthorizations(policies, List.of("ns/p" + random.nextInt(5), "ns/p0"));
            Explanation e =
                    explain(
                            random.nextBoolean() ? "ns/client" : "ns/wp",
                            "ns/server:" + (80 + random.nextInt(3)),
                            random.nextInt(4) == 0);
            Judgement judgement = e.judgements().getFirst();
            Decision decision =
                    L4Authorizer.decide(
                            new ConnectionFacts(
                                    judgement.peer(), judgement.source(), judgement.destination()),
                            Objects.requireNonNull(
                                    mesh.state().workloadByUid(judgement.workload())),
                            mesh.state());
            assertThat(e.allowed()).isEqualTo(decision.isAllowed());
            assertThat(judgement.decision()).isEqualTo(decision);
            assertThat(inOrder(judgement)).as("%s", judgement).isEqualTo(decision);
            verdicts.add(decision.getClass().getSimpleName() + Judge.policyOf(decision));
        }
        assertThat(verdicts).hasSizeGreaterThan(8);
    }

    /** The decision that follows from the single answers, read from the top. */
    private static Decision inOrder(Judgement judgement) {
        List<Decision.DryRun> dryRuns = new ArrayList<>();
        first(judgement, Group.DRY_RUN_DENY)
                .forEach(key -> dryRuns.add(new Decision.DryRun(key, true)));
        if (has(judgement, Group.DRY_RUN_ALLOW)) {
            List<String> allowing = first(judgement, Group.DRY_RUN_ALLOW);
            dryRuns.add(
                    allowing.isEmpty()
                            ? new Decision.DryRun(null, true)
                            : new Decision.DryRun(allowing.getFirst(), false));
        }
        for (String key : first(judgement, Group.DENY)) {
            return new Decision.Denied(key, "explicitly denied by: " + key, dryRuns);
        }
        if (!has(judgement, Group.ALLOW)) {
            return new Decision.Allowed(null, dryRuns);
        }
        for (String key : first(judgement, Group.ALLOW)) {
            return new Decision.Allowed(key, dryRuns);
        }
        return new Decision.Denied(null, L4Authorizer.NONE_ALLOWED, dryRuns);
    }

    private static boolean has(Judgement judgement, Group group) {
        return judgement.policies().stream().anyMatch(answer -> answer.group() == group);
    }

    private static List<String> first(Judgement judgement, Group group) {
        return judgement.policies().stream()
                .filter(answer -> answer.group() == group && answer.matches())
                .map(PolicyAnswer::key)
                .limit(1)
                .toList();
    }

    private static Authorization random(Random random, int name) {
        MatchBuilder match = Match.builder();
        if (random.nextBoolean()) {
            match.destinationPorts(80 + random.nextInt(3));
        }
        if (random.nextBoolean()) {
            match.principals(new StringMatcher.Suffix(random.nextBoolean() ? "/client" : "/wp"));
        }
        if (random.nextInt(4) == 0) {
            match.notPrincipals(new StringMatcher.Presence());
        }
        Authorization policy =
                policy(
                        "p" + name,
                        random.nextBoolean() ? Action.ALLOW : Action.DENY,
                        match,
                        Match.builder()
                                .sourceIps(Cidr.parse("10.0.0." + random.nextInt(9) + "/32")));
        return new Authorization(
                "ns",
                policy.name(),
                random.nextBoolean() ? Scope.GLOBAL : Scope.NAMESPACE,
                policy.action(),
                policy.rules(),
                random.nextInt(4) == 0);
    }
}
