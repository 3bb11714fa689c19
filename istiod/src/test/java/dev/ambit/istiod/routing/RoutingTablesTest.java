package dev.ambit.istiod.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.Backend;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.Parent;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.RouteRule;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointListener;
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

    private WaypointRoute route(String name) {
        return Objects.requireNonNull(
                Objects.requireNonNull(mesh.tables().routes().get(new ObjectName("shop", name)))
                        .resource());
    }

    @Test
    void aWaypointIsAListener() {
        mesh.shop();
        assertThat(mesh.tables().listeners().get(new ObjectName("shop", "wp")))
                .isEqualTo(new WaypointListener(WAYPOINT, TrafficType.SERVICE, "wp", 15008));
    }

    @Test
    void servicesThatGoThroughAWaypointAreToldToIt() {
        mesh.shop();
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
        mesh.shop();
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
        mesh.shop();
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
        mesh.shop();
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
        mesh.shop();
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
        mesh.shop();
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
        mesh.shop();
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

    /** A waypoint that goes takes what was told to it along; one that comes back finds it again. */
    @Test
    void followsTheWaypoint() {
        mesh.shop();
        mesh.remove("Gateway", "shop", "wp");
        assertThat(mesh.tables().services().entries()).isEmpty();
        assertThat(mesh.tables().scopes().entries()).isEmpty();
        mesh.shop();
        assertThat(mesh.tables().services().entries()).containsOnlyKeys(REVIEWS);
    }
}
