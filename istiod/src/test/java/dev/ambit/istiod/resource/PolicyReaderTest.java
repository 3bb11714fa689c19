package dev.ambit.istiod.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.Values;
import dev.ambit.istiod.testing.MeshYaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Policies are read whole, or refused with all that is wrong with them. */
final class PolicyReaderTest {

    @Test
    void readsAnAuthorizationPolicy() {
        assertThat(
                        MeshYaml.object(
                                AuthorizationPolicy.class,
                                """
                                apiVersion: security.istio.io/v1
                                kind: AuthorizationPolicy
                                metadata: {name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}}
                                spec:
                                  targetRefs: [{kind: Service, name: a}]
                                  action: DENY
                                  rules:
                                  - from: [{source: {principals: [x], ipBlocks: [10.0.0.0/8]}}]
                                    to: [{operation: {methods: [GET], notPorts: ["80"]}}]
                                    when: [{key: "request.headers[a]", notValues: [b]}]
                                """))
                .isEqualTo(
                        new AuthorizationPolicy(
                                new Meta(
                                        new ObjectName("shop", "p"),
                                        Map.of(),
                                        Map.of("istio.io/dry-run", "true"),
                                        Instant.EPOCH,
                                        false),
                                null,
                                List.of(
                                        new AuthorizationPolicy.TargetRef(
                                                "", "Service", "shop", "a")),
                                AuthorizationPolicy.Action.DENY,
                                true,
                                List.of(
                                        new AuthorizationPolicy.Rule(
                                                List.of(
                                                        new AuthorizationPolicy.Source(
                                                                in("x"),
                                                                Values.any(),
                                                                Values.any(),
                                                                Values.any(),
                                                                new Values<>(
                                                                        List.of(
                                                                                Cidr.parse(
                                                                                        "10.0.0.0/8")),
                                                                        List.of()),
                                                                Values.any())),
                                                List.of(
                                                        new AuthorizationPolicy.Operation(
                                                                Values.any(),
                                                                new Values<>(
                                                                        List.of(), List.of(80)),
                                                                in("GET"),
                                                                Values.any())),
                                                List.of(
                                                        new AuthorizationPolicy.Condition(
                                                                "request.headers[a]",
                                                                new Values<>(
                                                                        List.of(),
                                                                        List.of("b"))))))));
    }

    private static Values<String> in(String value) {
        return new Values<>(List.of(value), List.of());
    }

    /** Spec of a policy, and the path, value and expectation of what is wrong with it. */
    @Test
    void namesWhatIsWrongByPathValueAndExpectation() {
        List<String> found = new ArrayList<>();
        for (String spec :
                List.of(
                        "{action: MAYBE}",
                        "{action: CUSTOM}",
                        "{rules: [{from: [{source: {ipBlocks: [10.0.0.300]}}]}]}",
                        "{rules: [{to: [{operation: {ports: [80]}}]}]}",
                        "{rules: [{to: [{operation: {ports: ['http']}}]}]}",
                        "{rules: [{to: [{operations: {ports: ['80']}}]}]}",
                        "{rules: {}}",
                        "{selector: {}, targetRefs: [{kind: Service, name: a}]}",
                        "{rules: [{when: [{key: source.ip, values: [x]}]}]}",
                        "{rules: [{when: [{key: sauce.ip, values: [x]}]}]}",
                        "{action: DENY, rules: []}")) {
            Reading reading =
                    ResourceReader.read(
                            MeshYaml.raw(
                                            """
                                            apiVersion: security.istio.io/v1
                                            kind: AuthorizationPolicy
                                            metadata: {name: p, namespace: shop}
                                            spec: %s
                                            """
                                                    .formatted(spec))
                                    .getFirst());
            for (ObjectProblem p : ((Reading.Refused) reading).problems()) {
                found.add(p.code() + " " + p.field() + ": " + p.why());
            }
        }
        assertThat(found)
                .containsExactly(
                        "AMB1410 spec.action: \"MAYBE\" (expected: one of ALLOW, AUDIT, CUSTOM,"
                                + " DENY)",
                        "AMB1412 spec.action: CUSTOM (expected: ALLOW, DENY or AUDIT)",
                        "AMB1410 spec.rules[0].from[0].source.ipBlocks[0]: address: \"10.0.0.300\""
                                + " (expected: an IPv4 or IPv6 address)",
                        "AMB1410 spec.rules[0].to[0].operation.ports[0]: 80 (expected: text; put it"
                                + " in quotes)",
                        "AMB1410 spec.rules[0].to[0].operation.ports[0]: \"http\" (expected:"
                                + " 1-65535)",
                        "AMB1412 spec.rules[0].to[0].operations: a field that is not known here"
                                + " (expected: operation)",
                        "AMB1411 spec.rules[0].to[0].operation.ports: nothing there (expected: a"
                                + " value)",
                        "AMB1410 spec.rules: a map (expected: a list)",
                        "AMB1412 spec.selector: a selector beside targetRefs (expected: one of the"
                                + " two)",
                        "AMB1410 spec.rules[0].when[0].values[0]: address: \"x\" (expected: an IPv4"
                                + " or IPv6 address)",
                        "AMB1410 spec.rules[0].when[0].key: \"sauce.ip\" (expected: an attribute as"
                                + " source.ip or request.headers[name])",
                        "AMB1410 spec.rules: a list (expected: at least one rule for DENY)");
    }

    @Test
    void portsBelongToWorkloadsInAPeerAuthentication() {
        Reading reading =
                ResourceReader.read(
                        MeshYaml.raw(
                                        """
                                        apiVersion: security.istio.io/v1
                                        kind: PeerAuthentication
                                        metadata: {name: p, namespace: shop}
                                        spec: {portLevelMtls: {80: {mode: STRICT}, x: {mode: STRICT}}}
                                        """)
                                .getFirst());
        assertThat(((Reading.Refused) reading).problems())
                .extracting(ObjectProblem::field)
                .containsExactly("spec.portLevelMtls.x", "spec.portLevelMtls");
    }
}
