package dev.ambit.istiod.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.routing.Problem.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoutingTablesTest {

    private static final GatewayName WAYPOINT = new GatewayName("shop", "wp");
    private static final NamespacedHostname REVIEWS = host("shop", "reviews");
    private static final NamespacedHostname V2 = host("shop", "reviews-v2");

    private final MeshFixture mesh = new MeshFixture();

    private static NamespacedHostname host(String namespace, String name) {
        return new NamespacedHostname(namespace, name + "." + namespace + ".svc.cluster.local");
    }

    private void shop() {
        mesh.apply(
                """
                kind: Gateway
                metadata: {name: wp, namespace: shop}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                status: {addresses: [{type: Hostname, value: wp.shop.svc.cluster.local}]}
                """,
                """
                kind: Service
                metadata: {name: reviews, namespace: shop, labels: {istio.io/use-waypoint: wp}}
                spec:
                  clusterIP: 10.1.0.1
                  ports: [{name: http, port: 80, targetPort: 8080}, {name: db, port: 81}]
                """,
                """
                kind: Service
                metadata: {name: reviews-v2, namespace: shop}
                spec: {clusterIP: 10.1.0.2, ports: [{name: grpc-api, port: 80, targetPort: web}]}
                """,
                """
                kind: Service
                metadata: {name: ratings, namespace: other}
                spec: {clusterIP: 10.1.0.3, ports: [{port: 80}]}
                """);
    }

    private WaypointRoute route(String name) {
        return Objects.requireNonNull(
                Objects.requireNonNull(mesh.tables().routes().get(new ObjectName("shop", name)))
                        .resource());
    }

    private Bound<WaypointPolicy> policy(String namespace, String name) {
        return Objects.requireNonNull(
                mesh.tables().policies().get(new ObjectName(namespace, name)));
    }

    @Test
    void aWaypointIsAListener() {
        shop();
        assertThat(mesh.tables().listeners().get(new ObjectName("shop", "wp")))
                .isEqualTo(new WaypointListener(WAYPOINT, TrafficType.SERVICE, "wp", 15008));
    }

    @Test
    void servicesThatGoThroughAWaypointAreToldToIt() {
        shop();
        assertThat(mesh.tables().services().entries().values())
                .containsExactly(
                        new WaypointService(
                                REVIEWS,
                                List.of(WAYPOINT),
                                List.of(new NetworkAddress("", IpAddress.parse("10.1.0.1"))),
                                List.of(
                                        new ServicePort(
                                                80, 8080, "http", ServicePort.Protocol.HTTP11),
                                        new ServicePort(
                                                81, 81, "db", ServicePort.Protocol.UNSET))));
    }

    @Test
    void translatesARouteWithItsBackends() {
        shop();
        mesh.apply(
                """
                kind: HTTPRoute
                metadata: {name: r, namespace: shop, creationTimestamp: "2026-01-02T03:04:05Z"}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews, port: 80}]
                  rules:
                  - matches: [{path: {type: Exact, value: /a}}]
                    backendRefs: [{name: reviews, port: 80, weight: 90}, {name: reviews-v2, port: 80, weight: 10}]
                    filters:
                    - type: RequestMirror
                      requestMirror: {backendRef: {name: reviews-v2, port: 80}, percent: 50}
                    timeouts: {request: 2s}
                """);
        BackendRef reviews = new BackendRef.ToService(REVIEWS, 80);
        BackendRef v2 = new BackendRef.ToService(V2, 80);
        assertThat(route("r"))
                .isEqualTo(
                        new WaypointRoute(
                                "HTTPRoute",
                                "shop",
                                "r",
                                Instant.parse("2026-01-02T03:04:05Z"),
                                List.of(new Parent.ToService(REVIEWS, 80)),
                                List.of(),
                                List.of(
                                        new RouteRule(
                                                "",
                                                List.of(
                                                        new RequestMatch(
                                                                new PathMatch.Exact("/a"),
                                                                List.of(),
                                                                List.of(),
                                                                "")),
                                                List.of(new RouteFilter.Mirror(v2, 500_000)),
                                                List.of(
                                                        new Backend(reviews, 90, List.of()),
                                                        new Backend(v2, 10, List.of())),
                                                new Timeouts(
                                                        java.time.Duration.ofSeconds(2),
                                                        java.time.Duration.ZERO),
                                                null))));
        assertThat(mesh.tables().scopes().get(new ObjectName("shop", "wp")))
                .isEqualTo(
                        new WaypointScope(
                                Set.of(REVIEWS, V2),
                                Set.of(new ObjectName("shop", "r")),
                                Set.of()));
        assertThat(Objects.requireNonNull(mesh.tables().services().get(V2)).waypoints()).isEmpty();
        assertThat(Objects.requireNonNull(mesh.tables().services().get(V2)).ports())
                .containsExactly(new ServicePort(80, 0, "grpc-api", ServicePort.Protocol.GRPC));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: gone, port: 80} | BACKEND_NOT_FOUND | no Service shop/gone",
                "{name: reviews, port: 99} | BACKEND_NOT_FOUND | has no port 99",
                "{name: reviews} | BACKEND_NOT_FOUND | has no port 0",
                "{name: ratings, namespace: other, port: 80} | REF_NOT_PERMITTED | other/ratings is in"
                        + " another namespace",
                "{name: x, kind: ServiceImport, group: multicluster.x-k8s.io, port: 80} | INVALID_KIND"
                        + " | backendRef ServiceImport",
            })
    void aBackendThatCannotBeIsToldAsSuchWithTheReason(
            String backend, Reason reason, String message) {
        shop();
        mesh.apply(
                """
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews}]
                  rules: [{backendRefs: [%s]}]
                """
                        .formatted(backend));
        Bound<WaypointRoute> bound =
                Objects.requireNonNull(mesh.tables().routes().get(new ObjectName("shop", "r")));
        assertThat(bound.problems())
                .singleElement()
                .satisfies(
                        p -> {
                            assertThat(p.reason()).isEqualTo(reason);
                            assertThat(p.message()).contains(message);
                        });
        assertThat(route("r").rules().getFirst().backends().getFirst().to())
                .isEqualTo(new BackendRef.Invalid(bound.problems().getFirst().message()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop | {group: '', kind: Service, name: gone} | NO_MATCHING_PARENT",
                "shop | {group: '', kind: Service, name: reviews, port: 99} | NO_MATCHING_PARENT",
                "shop | {group: '', kind: Service, name: reviews, sectionName: x} | NO_MATCHING_PARENT",
                "shop | {group: '', kind: Service, name: reviews-v2} | MISSING_USE_WAYPOINT",
                "web | {group: '', kind: Service, name: reviews, namespace: shop}"
                        + " | NOT_ALLOWED_BY_PARENT",
                "shop | {name: wp} | INVALID_KIND",
            })
    void aRouteWithoutAParentThatHearsItHasNoEffectAndSaysWhy(
            String namespace, String parent, Reason reason) {
        shop();
        mesh.apply(
                """
                kind: HTTPRoute
                metadata: {name: r, namespace: %s}
                spec: {parentRefs: [%s], rules: [{backendRefs: []}]}
                """
                        .formatted(namespace, parent));
        Bound<WaypointRoute> bound =
                Objects.requireNonNull(mesh.tables().routes().get(new ObjectName(namespace, "r")));
        assertThat(bound.resource()).isNull();
        assertThat(bound.waypoints()).isEmpty();
        assertThat(bound.problems()).extracting(Problem::reason).containsExactly(reason);
    }

    @Test
    void aParentsPortMayBeNamed() {
        shop();
        mesh.apply(
                """
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews, sectionName: db}]
                  rules: [{backendRefs: [{name: reviews, port: 80}]}]
                """);
        assertThat(route("r").parents()).containsExactly(new Parent.ToService(REVIEWS, 81));
    }

    @Test
    void aRouteMayBeOfTheWaypointsNamespace() {
        shop();
        mesh.apply(
                """
                kind: Gateway
                metadata: {name: shared, namespace: infra}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE, allowedRoutes: {namespaces: {from: All}}}]
                status: {addresses: [{type: Hostname, value: shared.infra.svc.cluster.local}]}
                """,
                """
                kind: Service
                metadata:
                  name: reviews
                  namespace: shop
                  labels: {istio.io/use-waypoint: shared, istio.io/use-waypoint-namespace: infra}
                spec: {clusterIP: 10.1.0.1, ports: [{name: http, port: 80}]}
                """,
                """
                kind: HTTPRoute
                metadata: {name: r, namespace: infra}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews, namespace: shop}]
                  rules: [{filters: [{type: RequestRedirect, requestRedirect: {hostname: x}}]}]
                """);
        Bound<WaypointRoute> bound =
                Objects.requireNonNull(mesh.tables().routes().get(new ObjectName("infra", "r")));
        assertThat(bound.waypoints()).containsExactly(new GatewayName("infra", "shared"));
        assertThat(bound.problems()).isEmpty();
    }

    @Test
    void aServiceIsToldToBothWaypointsItsConnectionsAreSplitBetween() {
        shop();
        mesh.apply(
                """
                kind: Gateway
                metadata: {name: canary, namespace: shop}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                status: {addresses: [{type: Hostname, value: canary.shop.svc.cluster.local}]}
                """,
                """
                kind: Service
                metadata:
                  name: reviews
                  namespace: shop
                  labels: {istio.io/use-waypoint: wp, istio.io/use-waypoint-canary: canary}
                  annotations: {istio.io/use-waypoint-canary-weight: "10"}
                spec: {clusterIP: 10.1.0.1, ports: [{name: http, port: 80}]}
                """);
        assertThat(Objects.requireNonNull(mesh.tables().services().get(REVIEWS)).waypoints())
                .containsExactly(new GatewayName("shop", "canary"), WAYPOINT);
        assertThat(
                        Objects.requireNonNull(
                                        mesh.tables()
                                                .scopes()
                                                .get(new ObjectName("shop", "canary")))
                                .services())
                .containsExactly(REVIEWS);
    }

    @Test
    void translatesAPolicyWithAllItsFields() {
        shop();
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
        shop();
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
        shop();
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
        shop();
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

    /** A waypoint that goes takes what was told to it along; one that comes back finds it again. */
    @Test
    void followsTheWaypoint() {
        shop();
        mesh.remove("Gateway", "shop", "wp");
        assertThat(mesh.tables().services().entries()).isEmpty();
        assertThat(mesh.tables().scopes().entries()).isEmpty();
        shop();
        assertThat(mesh.tables().services().entries()).containsOnlyKeys(REVIEWS);
    }
}
