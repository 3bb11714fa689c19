package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.state.PolicyChange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** D19 and M44: which open connections a change of policies may concern, and which it cannot. */
final class PolicyChangeTest {

    private static final Workload SERVER = pod("ns/server", "10.0.0.2").build();
    private static final Workload NAMING =
            SERVER.toBuilder().authorizationPolicies(List.of("ns/named")).build();
    private static final Workload OTHER = pod("other/server", "10.0.0.3").build();

    private final MeshState state = new MeshState("");
    private final List<PolicyChange> changes = new ArrayList<>();

    @BeforeEach
    void listen() {
        state.listen(
                new MeshState.Listener() {
                    @Override
                    public void policiesChanged(PolicyChange change) {
                        changes.add(change);
                    }
                });
    }

    private static ConnectionFacts from(String namespace) {
        return new ConnectionFacts(
                SpiffeId.of("cluster.local", namespace, "client"),
                IpPort.parse("10.0.0.1:40000"),
                IpPort.parse("10.0.0.2:8080"));
    }

    private static Authorization policy(String name, Scope scope, Action action, String... from) {
        List<Rule> rules = new ArrayList<>();
        for (String namespace : from) {
            Match match = Match.builder().namespaces(new StringMatcher.Exact(namespace)).build();
            rules.add(new Rule(List.of(new Clause(List.of(match)))));
        }
        return new Authorization("ns", name, scope, action, rules, false);
    }

    private boolean asksAgain(Authorization update, String client, Workload server) {
        state.applyAuthorizations(List.of(update), List.of());
        return asksAgain(client, server);
    }

    private boolean asksAgain(String client, Workload server) {
        return L4Authorizer.mayDeny(changes.getLast(), from(client), server);
    }

    @Test
    void aDenyConcernsWhomItMatchesInItsNamespace() {
        Authorization deny = policy("p", Scope.NAMESPACE, Action.DENY, "bad");
        assertThat(asksAgain(deny, "bad", SERVER)).isTrue();
        assertThat(asksAgain("good", SERVER)).isFalse();
        assertThat(asksAgain("bad", OTHER)).isFalse();
    }

    @Test
    void aPolicyOfTheMeshConcernsEveryNamespace() {
        Authorization deny = policy("p", Scope.GLOBAL, Action.DENY, "bad");
        assertThat(asksAgain(deny, "bad", OTHER)).isTrue();
        assertThat(asksAgain("good", OTHER)).isFalse();
    }

    @Test
    void aNewAllowConcernsAllForWhomItIsNotMeant() {
        Authorization allow = policy("p", Scope.NAMESPACE, Action.ALLOW, "good");
        assertThat(asksAgain(allow, "stranger", SERVER)).isTrue();
        assertThat(asksAgain("stranger", OTHER)).isFalse();
    }

    @Test
    void aChangedAllowConcernsWhomItAllowed() {
        state.applyAuthorizations(
                List.of(policy("p", Scope.NAMESPACE, Action.ALLOW, "good")), List.of());
        Authorization changed = policy("p", Scope.NAMESPACE, Action.ALLOW, "better");
        assertThat(asksAgain(changed, "good", SERVER)).isTrue();
        assertThat(asksAgain("stranger", SERVER)).isFalse();
    }

    @Test
    void removingADenyConcernsNobody() {
        state.applyAuthorizations(
                List.of(policy("p", Scope.NAMESPACE, Action.DENY, "bad")), List.of());
        state.applyAuthorizations(List.of(), List.of("ns/p"));
        assertThat(asksAgain("bad", SERVER)).isFalse();
    }

    @Test
    void anEnforcedDryRunConcernsWhomItMatches() {
        Authorization deny = policy("p", Scope.NAMESPACE, Action.DENY, "bad");
        Authorization dryRun =
                new Authorization("ns", "p", Scope.NAMESPACE, Action.DENY, deny.rules(), true);
        assertThat(asksAgain(dryRun, "bad", SERVER)).isFalse();
        assertThat(asksAgain(deny, "bad", SERVER)).isTrue();
    }

    @Test
    void aNamedPolicyConcernsWhoNamesItWhetherItComesOrGoes() {
        Authorization named = policy("named", Scope.WORKLOAD_SELECTOR, Action.DENY, "bad");
        assertThat(asksAgain(named, "bad", NAMING)).isTrue();
        assertThat(asksAgain("bad", SERVER)).isFalse();
        state.applyAuthorizations(List.of(), List.of("ns/named"));
        assertThat(asksAgain("good", NAMING)).isTrue();
        assertThat(asksAgain("good", SERVER)).isFalse();
    }

    @Test
    void aNamedPolicyOfAnotherNamespaceConcernsWhoNamesItWhenItGoes() {
        Authorization named = policy("named", Scope.NAMESPACE, Action.DENY, "bad");
        Workload elsewhere = OTHER.toBuilder().authorizationPolicies(List.of("ns/named")).build();
        assertThat(asksAgain(named, "bad", elsewhere)).isTrue();
        state.applyAuthorizations(List.of(), List.of("ns/named"));
        assertThat(asksAgain("good", elsewhere)).isTrue();
    }

    @Test
    void aWorkloadThatNamesOthersIsConcerned() {
        state.applyAddresses(List.of(SERVER, OTHER), List.of());
        changes.clear();
        state.applyAddresses(List.of(NAMING, OTHER), List.of());
        assertThat(asksAgain("good", NAMING)).isTrue();
        assertThat(asksAgain("good", OTHER)).isFalse();
    }

    @Test
    void aWorkloadRemovedAndAddedInOnePushWithOtherPoliciesIsConcerned() {
        state.applyAddresses(List.of(SERVER), List.of());
        changes.clear();
        state.applyAddresses(List.of(NAMING), List.of(SERVER.uid()));
        assertThat(asksAgain("good", NAMING)).isTrue();
    }

    @Test
    void aWorkloadRemovedAndAddedLaterWithOtherPoliciesIsConcerned() {
        state.applyAddresses(List.of(SERVER), List.of());
        state.applyAddresses(List.of(), List.of(SERVER.uid()));
        changes.clear();
        state.applyAddresses(List.of(NAMING), List.of());
        assertThat(asksAgain("good", NAMING)).isTrue();
    }

    @Test
    void aWorkloadThatChangesOtherwiseIsNotConcerned() {
        state.applyAddresses(List.of(SERVER), List.of());
        changes.clear();
        state.applyAddresses(List.of(SERVER.toBuilder().capacity(3).build()), List.of());
        assertThat(changes).isEmpty();
    }
}
