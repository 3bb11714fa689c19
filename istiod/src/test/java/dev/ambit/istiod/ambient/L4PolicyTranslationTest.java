package dev.ambit.istiod.ambient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.istiod.ambient.L4PolicyTranslation.Result;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.testing.MeshYaml;
import java.util.List;
import org.junit.jupiter.api.Test;

final class L4PolicyTranslationTest {

    private static Result translate(String namespace, String spec) {
        String yaml =
                """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: %s}
                spec:
                %s
                """
                        .formatted(namespace, spec.indent(2));
        return L4PolicyTranslation.translate(
                MeshYaml.object(AuthorizationPolicy.class, yaml), MeshSettings.DEFAULT);
    }

    private static Authorization policy(Scope scope, Action action, Rule... rules) {
        return new Authorization("shop", "p", scope, action, List.of(rules), false);
    }

    private static Rule rule(Clause... clauses) {
        return new Rule(List.of(clauses));
    }

    private static Clause clause(Match... matches) {
        return new Clause(List.of(matches));
    }

    @Test
    void everyL4FieldHasItsPlace() {
        assertThat(
                        translate(
                                "shop",
                                """
                                selector: {matchLabels: {app: a}}
                                action: DENY
                                rules:
                                - from:
                                  - source:
                                      principals: ["cluster.local/ns/a/sa/b", "*/sa/x", "spiffe://td/*", "*"]
                                      notNamespaces: [n]
                                      serviceAccounts: [b/c, d]
                                      ipBlocks: [10.0.0.0/8]
                                      notIpBlocks: ["fd00::1"]
                                  - source: {namespaces: [m]}
                                  to:
                                  - operation: {ports: ["80", "443"], notPorts: ["22"]}
                                  when:
                                  - {key: source.ip, values: [1.2.3.4]}
                                  - {key: destination.ip, notValues: [5.6.7.0/24]}
                                  - {key: destination.port, values: ["8080"]}
                                  - {key: source.namespace, values: ["prod-*"]}
                                  - {key: source.principal, notValues: ["*"]}
                                """))
                .isEqualTo(
                        new Result.Sent(
                                policy(
                                        Scope.WORKLOAD_SELECTOR,
                                        Action.DENY,
                                        rule(
                                                clause(
                                                        Match.builder()
                                                                .destinationPorts(80, 443)
                                                                .notDestinationPorts(22)
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .principals(
                                                                        new StringMatcher.Exact(
                                                                                "cluster.local/ns/a/sa/b"),
                                                                        new StringMatcher.Suffix(
                                                                                "/sa/x"),
                                                                        new StringMatcher.Prefix(
                                                                                "td/"),
                                                                        new StringMatcher
                                                                                .Presence())
                                                                .notNamespaces(
                                                                        new StringMatcher.Exact(
                                                                                "n"))
                                                                .serviceAccounts(
                                                                        new ServiceAccountMatcher(
                                                                                "b", "c"),
                                                                        new ServiceAccountMatcher(
                                                                                "shop", "d"))
                                                                .sourceIps(Cidr.parse("10.0.0.0/8"))
                                                                .notSourceIps(Cidr.parse("fd00::1"))
                                                                .build(),
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Exact(
                                                                                "m"))
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .sourceIps(Cidr.parse("1.2.3.4"))
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .notDestinationIps(
                                                                        Cidr.parse("5.6.7.0/24"))
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .destinationPorts(8080)
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Prefix(
                                                                                "prod-"))
                                                                .build()),
                                                clause(
                                                        Match.builder()
                                                                .notPrincipals(
                                                                        new StringMatcher
                                                                                .Presence())
                                                                .build()))),
                                false));
    }

    @Test
    void scopeFollowsNamespaceAndSelector() {
        assertThat(List.of(translate("shop", "{}"), translate("shop", "selector: {}")))
                .containsExactly(
                        new Result.Sent(policy(Scope.NAMESPACE, Action.ALLOW), false),
                        new Result.Sent(policy(Scope.WORKLOAD_SELECTOR, Action.ALLOW), false));
        assertThat(translate("istio-system", "action: DENY"))
                .isEqualTo(
                        new Result.Sent(
                                new Authorization(
                                        "istio-system",
                                        "p",
                                        Scope.GLOBAL,
                                        Action.DENY,
                                        List.of(),
                                        false),
                                false));
    }

    @Test
    void anAllowRuleThatNeedsHttpIsLeftOut() {
        assertThat(
                        translate(
                                "shop",
                                """
                                rules:
                                - to: [{operation: {methods: [GET], ports: ["80"]}}]
                                - from: [{source: {requestPrincipals: ["*"]}}]
                                - when: [{key: "request.headers[x]", values: [y]}]
                                - from: [{source: {namespaces: [n]}}]
                                """))
                .isEqualTo(
                        new Result.Sent(
                                policy(
                                        Scope.NAMESPACE,
                                        Action.ALLOW,
                                        rule(
                                                clause(
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Exact(
                                                                                "n"))
                                                                .build()))),
                                true));
    }

    /** Denies more rather than less, but a rule of HTTP alone must not deny everything. */
    @Test
    void aDenyRuleThatNeedsHttpLosesThatPart() {
        assertThat(
                        translate(
                                "shop",
                                """
                                action: DENY
                                rules:
                                - to: [{operation: {methods: [GET]}}]
                                  from: [{source: {namespaces: [n]}}]
                                - to: [{operation: {methods: [GET]}}, {operation: {ports: ["80"]}}]
                                  from: [{source: {namespaces: [o]}}]
                                - to: [{operation: {paths: [/x]}}]
                                - when: [{key: "request.headers[x]", values: [y]}]
                                """))
                .isEqualTo(
                        new Result.Sent(
                                policy(
                                        Scope.NAMESPACE,
                                        Action.DENY,
                                        rule(
                                                clause(
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Exact(
                                                                                "n"))
                                                                .build())),
                                        rule(
                                                clause(
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Exact(
                                                                                "o"))
                                                                .build()))),
                                true));
    }

    /** An alternative of HTTP alone must not take the others along with it. */
    @Test
    void aDenyRuleKeepsTheAlternativesThatNeedNoHttp() {
        assertThat(
                        translate(
                                "shop",
                                """
                                action: DENY
                                rules:
                                - from:
                                  - source: {requestPrincipals: ["*"]}
                                  - source: {namespaces: [n]}
                                - to: [{operation: {methods: [GET]}}, {operation: {ports: ["80"]}}]
                                """))
                .isEqualTo(
                        new Result.Sent(
                                policy(
                                        Scope.NAMESPACE,
                                        Action.DENY,
                                        rule(
                                                clause(
                                                        Match.builder()
                                                                .namespaces(
                                                                        new StringMatcher.Exact(
                                                                                "n"))
                                                                .build())),
                                        rule(clause(Match.builder().destinationPorts(80).build()))),
                                true));
    }

    @Test
    void anEmptyRuleMatchesEverything() {
        assertThat(translate("shop", "rules: [{}]"))
                .isEqualTo(new Result.Sent(policy(Scope.NAMESPACE, Action.ALLOW, rule()), false));
    }

    @Test
    void whatANodeProxyCannotDoIsNotSent() {
        assertThat(translate("shop", "targetRefs: [{kind: Service, name: a}]"))
                .isEqualTo(new Result.ForWaypoint());
        assertThat(translate("shop", "action: AUDIT")).isInstanceOf(Result.Unsupported.class);
    }
}
