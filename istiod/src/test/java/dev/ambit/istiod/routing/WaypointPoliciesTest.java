package dev.ambit.istiod.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.routing.Problem.Reason;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WaypointPoliciesTest {

    private static final GatewayName WAYPOINT = new GatewayName("shop", "wp");
    private static final NamespacedHostname REVIEWS = host("shop", "reviews");

    private final MeshFixture mesh = new MeshFixture();

    private static NamespacedHostname host(String namespace, String name) {
        return new NamespacedHostname(namespace, name + "." + namespace + ".svc.cluster.local");
    }

    private Bound<WaypointPolicy> policy(String namespace, String name) {
        return Objects.requireNonNull(
                mesh.tables().policies().get(new ObjectName(namespace, name)));
    }

    @Test
    void translatesAPolicyWithAllItsFields() {
        mesh.shop();
        mesh.apply(
                """
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}}
                spec:
                  targetRefs: [{group: "", kind: Service, name: reviews}]
                  action: DENY
                  rules:
                  - from: [{source: {principals: ["spiffe://cluster.local/ns/web/sa/*"], notNamespaces: [admin], ipBlocks: [10.0.0.0/8]}}]
                    to: [{operation: {hosts: ["*.example"], methods: [GET], paths: ["/a*", "/b/{*}"], notPorts: ["81"]}}]
                    when:
                    - {key: "request.headers[x-a]", values: ["*"]}
                    - {key: source.ip, notValues: [10.0.0.1]}
                    - {key: destination.port, values: ["80"]}
                """);
        assertThat(policy("shop", "p").resource())
                .isEqualTo(
                        new WaypointPolicy(
                                "shop",
                                "p",
                                List.of(new PolicyTarget.ToService(REVIEWS)),
                                new HttpAuthorization(
                                        HttpAuthorization.Action.DENY, true, List.of(denied()))));
        assertThat(policy("shop", "p").waypoints()).containsExactly(WAYPOINT);
        assertThat(policy("shop", "p").problems()).isEmpty();
    }

    private static AuthorizationRule denied() {
        return new AuthorizationRule(
                List.of(
                        new SourceMatch(
                                in(new ValueMatch.Prefix("cluster.local/ns/web/sa/")),
                                Values.any(),
                                notIn(new ValueMatch.Exact("admin")),
                                Values.any(),
                                in(Cidr.parse("10.0.0.0/8")),
                                Values.any())),
                List.of(
                        new OperationMatch(
                                in(new ValueMatch.Suffix(".example")),
                                notIn(81),
                                in(new ValueMatch.Exact("GET")),
                                new Values<>(
                                        List.of(
                                                new ValueMatch.Prefix("/a"),
                                                new ValueMatch.Template("/b/{*}")),
                                        List.of()))),
                List.of(
                        new Condition.OfText("request.headers[x-a]", in(new ValueMatch.Presence())),
                        new Condition.OfAddress("source.ip", notIn(Cidr.parse("10.0.0.1/32"))),
                        new Condition.OfPort("destination.port", in(80))));
    }

    private static <T> Values<T> in(T value) {
        return new Values<>(List.of(value), List.of());
    }

    private static <T> Values<T> notIn(T value) {
        return new Values<>(List.of(), List.of(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop | {group: gateway.networking.k8s.io, kind: Gateway, name: wp} | ",
                "istio-system | {group: gateway.networking.k8s.io, kind: GatewayClass, name:"
                        + " istio-waypoint} | ",
                "shop | {group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint}"
                        + " | TARGET_NOT_FOUND",
                "shop | {group: gateway.networking.k8s.io, kind: Gateway, name: gone}"
                        + " | TARGET_NOT_FOUND",
                "web | {group: gateway.networking.k8s.io, kind: Gateway, name: wp, namespace: shop}"
                        + " | TARGET_NOT_FOUND",
                "shop | {group: '', kind: Service, name: gone} | TARGET_NOT_FOUND",
                "shop | {group: '', kind: Service, name: reviews-v2} | MISSING_USE_WAYPOINT",
            })
    void aPolicyAppliesToTargetsOfItsNamespace(String namespace, String target, Reason reason) {
        mesh.shop();
        mesh.apply(
                """
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: %s}
                spec: {targetRefs: [%s], rules: [{}]}
                """
                        .formatted(namespace, target));
        Bound<WaypointPolicy> bound = policy(namespace, "p");
        if (reason == null) {
            assertThat(bound.problems()).isEmpty();
            assertThat(Objects.requireNonNull(bound.resource()).targets())
                    .containsExactly(new PolicyTarget.ToListener(WAYPOINT));
            assertThat(bound.waypoints()).containsExactly(WAYPOINT);
        } else {
            assertThat(bound.problems()).extracting(Problem::reason).containsExactly(reason);
            assertThat(bound.resource()).isNull();
        }
    }

    @Test
    void policiesWithoutTargetsAreNotTheWaypoints() {
        mesh.shop();
        mesh.apply(
                """
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {rules: [{}]}
                """);
        assertThat(mesh.tables().policies().get(new ObjectName("shop", "p"))).isNull();
    }

    @Test
    void saysThatTokensAreNotVerifiedYet() {
        mesh.shop();
        mesh.apply(
                """
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec:
                  targetRefs: [{group: "", kind: Service, name: reviews}]
                  rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]
                """);
        assertThat(policy("shop", "p").problems())
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("needs JWT"));
        assertThat(policy("shop", "p").resource()).isNotNull();
    }
}
