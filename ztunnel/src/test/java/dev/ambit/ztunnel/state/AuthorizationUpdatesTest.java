package dev.ambit.ztunnel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.IpPort;
import dev.ambit.api.proto.security.Authorization;
import dev.ambit.api.proto.security.Clause;
import dev.ambit.api.proto.security.Match;
import dev.ambit.api.proto.security.Rule;
import dev.ambit.api.proto.security.Scope;
import dev.ambit.api.workload.Workload;
import dev.ambit.client.ads.Named;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.state.UnknownPolicy;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** D13 and the switch for policies that are not known: what is closed, and what stays open. */
final class AuthorizationUpdatesTest {

    private static final int LATER_ACTION = 7;

    private final MeshState mesh = MeshState.awaitingPolicies("", UnknownPolicy.ALLOW);
    private final AuthorizationUpdates updates =
            new AuthorizationUpdates(mesh, UnknownPolicy.ALLOW);

    private static Authorization.Builder policy(String name) {
        return Authorization.newBuilder()
                .setNamespace("ns")
                .setName(name)
                .setScope(Scope.NAMESPACE);
    }

    /** A port above 65535. */
    private static Authorization broken(String name) {
        return policy(name)
                .addRules(
                        Rule.newBuilder()
                                .addClauses(
                                        Clause.newBuilder()
                                                .addMatches(
                                                        Match.newBuilder()
                                                                .addDestinationPorts(70_000))))
                .build();
    }

    private static void push(AuthorizationUpdates to, Authorization... policies) {
        for (Authorization policy : policies) {
            String name = policy.getNamespace() + "/" + policy.getName();
            assertThatThrownBy(() -> to.decode(name, policy.toByteString()))
                    .isInstanceOf(InvalidResource.class);
        }
        to.apply(List.of(), List.of());
    }

    private static boolean allows(MeshState mesh, String namespace, String... named) {
        Workload server =
                Workload.builder("uid", "server", SpiffeId.of("td", namespace, "sa"))
                        .authorizationPolicies(List.of(named))
                        .build();
        ConnectionFacts facts =
                new ConnectionFacts(
                        SpiffeId.of("td", "ns", "client"),
                        IpPort.parse("10.0.0.1:1"),
                        IpPort.parse("10.0.0.2:80"));
        return L4Authorizer.decide(facts, server, mesh).isAllowed();
    }

    @Test
    @DisplayName("before the first word of policies nothing is allowed")
    void nothingIsAllowedBeforeTheFirstWord() {
        assertThat(mesh.policiesKnown()).isFalse();
        assertThat(allows(mesh, "ns")).isFalse();
        updates.apply(List.of(), List.of());
        assertThat(mesh.policiesKnown()).isTrue();
        assertThat(allows(mesh, "ns")).isTrue();
    }

    @Test
    @DisplayName("D13: a policy with an action of a later version is refused and closes its scope")
    void actionOfALaterVersionClosesItsScope() {
        push(updates, policy("p").setActionValue(LATER_ACTION).build());
        assertThat(allows(mesh, "ns")).isFalse();
        assertThat(allows(mesh, "other")).isTrue();
        updates.apply(List.of(), List.of("ns/p"));
        assertThat(allows(mesh, "ns")).isTrue();
    }

    @Test
    @DisplayName("D13: a dry run of a later version closes nothing")
    void dryRunOfALaterVersionClosesNothing() {
        push(updates, policy("p").setActionValue(LATER_ACTION).setDryRun(true).build());
        assertThat(allows(mesh, "ns")).isTrue();
    }

    @Test
    @DisplayName("what was known under the name stays in force when its successor is refused")
    void lastGoodStays() throws Exception {
        dev.ambit.api.policy.Authorization good =
                updates.decode("ns/p", policy("p").build().toByteString());
        updates.apply(List.of(new Named<>("ns/p", good)), List.of());
        push(updates, policy("p").setActionValue(LATER_ACTION).build());
        assertThat(mesh.authorization("ns/p")).isEqualTo(good);
    }

    @Test
    @DisplayName("a policy that cannot be understood is skipped, as Istio does")
    void brokenIsSkipped() {
        push(updates, broken("p"));
        assertThat(allows(mesh, "ns")).isTrue();
    }

    @Test
    @DisplayName("AMBIT_UNKNOWN_POLICY=deny: it closes its scope instead")
    void brokenClosesItsScopeWhenAskedTo() {
        AuthorizationUpdates strict = new AuthorizationUpdates(mesh, UnknownPolicy.DENY);
        push(strict, broken("p"));
        assertThat(allows(mesh, "ns")).isFalse();
        assertThat(allows(mesh, "other")).isTrue();
        assertThatThrownBy(
                        () -> strict.decode("other/q", ByteString.copyFrom(new byte[] {1, 2, 3})))
                .isInstanceOf(InvalidResource.class);
        strict.apply(List.of(), List.of());
        assertThat(allows(mesh, "other")).isFalse();
    }

    @Test
    @DisplayName("AMBIT_UNKNOWN_POLICY=deny: who names a policy nobody sent accepts nothing")
    void namedAndMissingClosesWhenAskedTo() {
        MeshState strict = MeshState.awaitingPolicies("", UnknownPolicy.DENY);
        strict.applyAuthorizations(List.of(), List.of());
        mesh.applyAuthorizations(List.of(), List.of());
        assertThat(allows(mesh, "ns", "ns/gone")).isTrue();
        assertThat(allows(strict, "ns", "ns/gone")).isFalse();
        assertThat(allows(strict, "ns")).isTrue();
    }
}
