package dev.ambit.istiod.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.waypoint.HeaderChange;
import dev.ambit.api.waypoint.NamedValueMatch;
import dev.ambit.api.waypoint.PathChange;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.istiod.testing.MeshYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ResourceReaderTest {

    private static Meta meta(String name) {
        return new Meta(new ObjectName("shop", name), Map.of(), Map.of(), Instant.EPOCH, false);
    }

    @Test
    void readsAPodWithItsSidecars() {
        assertThat(
                        MeshYaml.object(
                                Pod.class,
                                """
                                apiVersion: v1
                                kind: Pod
                                metadata:
                                  name: a
                                  namespace: shop
                                  uid: 1-2-3
                                  labels: {app: a}
                                  annotations: {x: y}
                                  creationTimestamp: "2026-01-02T03:04:05Z"
                                  deletionTimestamp: "2026-01-02T03:04:05Z"
                                  ownerReferences:
                                  - {kind: Other, name: o}
                                  - {controller: true, kind: StatefulSet, name: s}
                                spec:
                                  nodeName: n1
                                  hostNetwork: true
                                  initContainers:
                                  - {name: i, ports: [{name: no, containerPort: 1}]}
                                  - {name: s, restartPolicy: Always, ports: [{name: side, containerPort: 2}]}
                                  containers:
                                  - {name: c, ports: [{containerPort: 3}]}
                                status:
                                  phase: Running
                                  podIP: 10.0.0.1
                                  podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]
                                  conditions: [{type: Ready, status: "True"}]
                                """))
                .isEqualTo(
                        new Pod(
                                new Meta(
                                        new ObjectName("shop", "a"),
                                        Map.of("app", "a"),
                                        Map.of("x", "y"),
                                        Instant.parse("2026-01-02T03:04:05Z"),
                                        true),
                                "1-2-3",
                                "default",
                                "n1",
                                true,
                                Pod.Phase.RUNNING,
                                true,
                                List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("fd00::1")),
                                List.of(
                                        new Pod.ContainerPort("", 3),
                                        new Pod.ContainerPort("side", 2)),
                                new Pod.Controller("StatefulSet", "s")));
    }

    @Test
    void readsAServiceWithEveryFormOfTargetPort() {
        assertThat(
                        MeshYaml.object(
                                Service.class,
                                """
                                apiVersion: v1
                                kind: Service
                                metadata: {name: a, namespace: shop}
                                spec:
                                  clusterIP: 10.96.0.1
                                  clusterIPs: [10.96.0.1]
                                  selector: {app: a}
                                  ports:
                                  - {name: http-web, port: 80}
                                  - {port: 81, targetPort: web, appProtocol: kubernetes.io/h2c}
                                  - {port: 82, targetPort: "8082"}
                                  - {port: 83, targetPort: 8083}
                                """))
                .isEqualTo(
                        new Service(
                                meta("a"),
                                false,
                                List.of(IpAddress.parse("10.96.0.1")),
                                List.of(),
                                List.of(
                                        new Service.Port(
                                                "http-web",
                                                80,
                                                new Service.TargetPort.Numbered(80),
                                                ""),
                                        new Service.Port(
                                                "",
                                                81,
                                                new Service.TargetPort.Named("web"),
                                                "kubernetes.io/h2c"),
                                        new Service.Port(
                                                "", 82, new Service.TargetPort.Numbered(8082), ""),
                                        new Service.Port(
                                                "", 83, new Service.TargetPort.Numbered(8083), "")),
                                Map.of("app", "a"),
                                false,
                                false,
                                ""));
    }

    @Test
    void aHeadlessServiceHasNoAddress() {
        Service s =
                MeshYaml.object(
                        Service.class,
                        """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: a, namespace: shop}
                        spec: {clusterIP: None, clusterIPs: [None]}
                        """);
        assertThat(s.headless()).isTrue();
    }

    @Test
    void readsAnHttpRouteWithEverythingInIt() {
        assertThat(
                        MeshYaml.object(
                                HttpRoute.class,
                                """
                                apiVersion: gateway.networking.k8s.io/v1
                                kind: HTTPRoute
                                metadata: {name: r, namespace: shop}
                                spec:
                                  parentRefs: [{group: "", kind: Service, name: a, port: 80}, {name: gw}]
                                  hostnames: [a.example.com]
                                  rules:
                                  - name: one
                                    matches:
                                    - path: {type: Exact, value: /x}
                                      headers: [{name: h, value: v}]
                                      queryParams: [{type: RegularExpression, name: q, value: ".*"}]
                                      method: GET
                                    filters:
                                    - type: RequestHeaderModifier
                                      requestHeaderModifier: {set: [{name: a, value: b}], remove: [c]}
                                    - type: URLRewrite
                                      urlRewrite: {hostname: h, path: {type: ReplacePrefixMatch, replacePrefixMatch: /y}}
                                    - type: RequestMirror
                                      requestMirror: {backendRef: {name: m, port: 81}, fraction: {numerator: 1, denominator: 3}}
                                    backendRefs:
                                    - {name: a, port: 80, weight: 90}
                                    - {name: b, namespace: other, port: 80, weight: 10}
                                    timeouts: {request: 1m30s, backendRequest: 250ms}
                                    retry: {codes: [503], attempts: 3, backoff: 100ms}
                                """))
                .isEqualTo(
                        new HttpRoute(
                                meta("r"),
                                List.of(
                                        new HttpRoute.ParentRef("", "Service", "shop", "a", "", 80),
                                        new HttpRoute.ParentRef(
                                                "gateway.networking.k8s.io",
                                                "Gateway",
                                                "shop",
                                                "gw",
                                                "",
                                                0)),
                                List.of("a.example.com"),
                                List.of(
                                        new HttpRoute.Rule(
                                                "one",
                                                List.of(
                                                        new RequestMatch(
                                                                new PathMatch.Exact("/x"),
                                                                List.of(
                                                                        new NamedValueMatch.Exact(
                                                                                "h", "v")),
                                                                List.of(
                                                                        new NamedValueMatch.Regex(
                                                                                "q", ".*")),
                                                                "GET")),
                                                List.of(
                                                        new HttpRoute.Filter.Complete(
                                                                new RouteFilter.RequestHeaders(
                                                                        new HeaderChange(
                                                                                List.of(
                                                                                        new HeaderChange
                                                                                                .Header(
                                                                                                "a",
                                                                                                "b")),
                                                                                List.of(),
                                                                                List.of("c")))),
                                                        new HttpRoute.Filter.Complete(
                                                                new RouteFilter.Rewrite(
                                                                        "h",
                                                                        new PathChange.Prefix(
                                                                                "/y"))),
                                                        new HttpRoute.Filter.Mirror(
                                                                ref("shop", "m", 81), 333_333)),
                                                List.of(
                                                        new HttpRoute.Backend(
                                                                ref("shop", "a", 80),
                                                                90,
                                                                List.of()),
                                                        new HttpRoute.Backend(
                                                                ref("other", "b", 80),
                                                                10,
                                                                List.of())),
                                                new Timeouts(
                                                        Duration.ofSeconds(90),
                                                        Duration.ofMillis(250)),
                                                new Retry(
                                                        3,
                                                        List.of(503),
                                                        Duration.ofMillis(100))))));
    }

    private static HttpRoute.BackendRef ref(String namespace, String name, int port) {
        return new HttpRoute.BackendRef("", "Service", namespace, name, port);
    }

    @Test
    void saysOfKindsItCannotServeWhatToUse() {
        Reading reading =
                ResourceReader.read(
                        MeshYaml.raw(
                                        """
                                        apiVersion: networking.istio.io/v1
                                        kind: VirtualService
                                        metadata: {name: v, namespace: shop}
                                        """)
                                .getFirst());
        assertThat(((Reading.Refused) reading).problems())
                .extracting(ObjectProblem::message)
                .containsExactly(
                        "AMB1412 VirtualService shop/v is not taken where: test kind why:"
                                + " VirtualService (expected: a kind this version knows) do: use"
                                + " HTTPRoute");
    }

    @Test
    void kindsOfOthersArePassedOver() {
        assertThat(
                        ResourceReader.read(
                                MeshYaml.raw(
                                                """
                                                apiVersion: apps/v1
                                                kind: Deployment
                                                metadata: {name: d, namespace: shop}
                                                """)
                                        .getFirst()))
                .isEqualTo(new Reading.NotOurs());
    }
}
