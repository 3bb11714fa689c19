package dev.ambit.istiod.ambient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.istiod.testing.TestMesh;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeerAuthenticationTest {
    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: shop, labels: {app: a}}
            status: {phase: Running, podIP: 10.0.0.1}
            """;
    private static final String UID = "Kubernetes//Pod/shop/a";
    private static final String STATIC = "istio-system/istio_converted_static_strict";

    private static String peer(String namespace, String name, String spec) {
        return """
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
                .formatted(name, namespace, spec);
    }

    /** Mesh, namespace and workload, "-" where there is none; whether the workload is strict. */
    @ParameterizedTest
    @CsvSource({
        "STRICT, -, -, true",
        "STRICT, PERMISSIVE, -, false",
        "STRICT, UNSET, -, true",
        "PERMISSIVE, STRICT, -, true",
        "-, STRICT, -, true",
        "-, DISABLE, STRICT, true",
        "-, STRICT, PERMISSIVE, false",
        "-, STRICT, DISABLE, false",
        "STRICT, -, UNSET, true",
        "-, -, STRICT, true",
        "-, -, -, false",
        "PERMISSIVE, -, -, false"
    })
    void theNarrowestScopeThatSaysSomethingWins(
            String mesh, String namespace, String workload, boolean strict) {
        String yaml = POD;
        if (!mesh.equals("-")) {
            yaml += peer("istio-system", "default", "{mtls: {mode: " + mesh + "}}");
        }
        if (!namespace.equals("-")) {
            yaml += peer("shop", "default", "{mtls: {mode: " + namespace + "}}");
        }
        if (!workload.equals("-")) {
            yaml +=
                    peer(
                            "shop",
                            "a",
                            "{selector: {matchLabels: {app: a}}, mtls: {mode: " + workload + "}}");
        }
        TestMesh test = new TestMesh().apply(yaml);
        assertThat(test.workload(UID).authorizationPolicies())
                .isEqualTo(strict ? List.of(STATIC) : List.of());
    }

    @Test
    void theStaticPolicyIsSentAsSoonAsThereIsAnyPeerAuthentication() {
        TestMesh mesh = new TestMesh().apply(POD);
        assertThat(mesh.policies()).isEmpty();
        String permissive = peer("other", "default", "{mtls: {mode: PERMISSIVE}}");
        mesh.apply(permissive);
        assertThat(mesh.policies())
                .isEqualTo(
                        Map.of(
                                STATIC,
                                deny(
                                        "istio-system",
                                        "istio_converted_static_strict",
                                        Match.builder()
                                                .notPrincipals(new StringMatcher.Presence())
                                                .build())));
        mesh.delete(permissive);
        assertThat(mesh.policies()).isEmpty();
    }

    @Test
    void aPermissivePortOfAStrictWorkloadIsAnException() {
        TestMesh mesh =
                new TestMesh()
                        .apply(
                                POD
                                        + peer(
                                                "shop",
                                                "ports",
                                                "{selector: {matchLabels: {app: a}}, mtls: {mode:"
                                                        + " STRICT}, portLevelMtls: {8080: {mode:"
                                                        + " PERMISSIVE}, 9090: {mode: STRICT}}}"));
        String key = "shop/converted_peer_authentication_ports";
        assertThat(mesh.workload(UID).authorizationPolicies()).containsExactly(key);
        assertThat(mesh.policies().get(key))
                .isEqualTo(
                        deny(
                                "shop",
                                "converted_peer_authentication_ports",
                                Match.builder()
                                        .notPrincipals(new StringMatcher.Presence())
                                        .notDestinationPorts(8080)
                                        .build()));
    }

    /** UNSET inherits: the same object means something else when its namespace changes. */
    @Test
    void aStrictPortOfAPermissiveWorkloadIsAskedForAlone() {
        String own =
                peer(
                        "shop",
                        "ports",
                        "{selector: {matchLabels: {app: a}}, portLevelMtls: {9090: {mode:"
                                + " STRICT}}}");
        TestMesh mesh = new TestMesh().apply(POD + own);
        String key = "shop/converted_peer_authentication_ports";
        assertThat(mesh.workload(UID).authorizationPolicies()).containsExactly(key);
        assertThat(mesh.policies().get(key))
                .isEqualTo(
                        deny(
                                "shop",
                                "converted_peer_authentication_ports",
                                Match.builder()
                                        .notPrincipals(new StringMatcher.Presence())
                                        .destinationPorts(9090)
                                        .build()));

        mesh.apply(peer("shop", "default", "{mtls: {mode: STRICT}}"));
        assertThat(mesh.workload(UID).authorizationPolicies()).containsExactly(STATIC);
        assertThat(mesh.policies()).containsOnlyKeys(STATIC);
    }

    @Test
    void ofTwoTheOlderWins() {
        String aged =
                """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: %s, namespace: shop, creationTimestamp: "%s"}
                spec: {mtls: {mode: %s}}
                """;
        TestMesh mesh =
                new TestMesh()
                        .apply(
                                POD
                                        + aged.formatted("a", "2026-02-01T00:00:00Z", "PERMISSIVE")
                                        + aged.formatted("b", "2026-01-01T00:00:00Z", "STRICT"));
        assertThat(mesh.workload(UID).authorizationPolicies()).containsExactly(STATIC);
    }

    private static Authorization deny(String namespace, String name, Match match) {
        return new Authorization(
                namespace,
                name,
                Scope.WORKLOAD_SELECTOR,
                Action.DENY,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }
}
