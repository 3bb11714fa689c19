package dev.ambit.istiod.ambient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.identity.SpiffeId;
import dev.ambit.istiod.testing.TestMesh;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AmbientTablesTest {
    private static final String UID = "Kubernetes//Pod/shop/reviews-1";
    private static final NamespacedHostname REVIEWS =
            new NamespacedHostname("shop", "reviews.shop.svc.cluster.local");

    private static final String SHOP =
            """
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            """;
    private static final String NODE =
            """
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: n1
              labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z,
                       topology.istio.io/subzone: s}
            """;
    private static final String POD =
            """
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: reviews-1
              namespace: shop
              labels: {app: reviews, version: v1, pod-template-hash: abc}
              annotations: {ambient.istio.io/redirection: enabled}
              ownerReferences: [{controller: true, kind: ReplicaSet, name: reviews-v1-abc}]
            spec:
              nodeName: n1
              serviceAccountName: bookinfo-reviews
              containers: [{name: c, ports: [{name: web, containerPort: 9080}]}]
            status:
              phase: Running
              podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]
              conditions: [{type: Ready, status: "True"}]
            """;
    private static final String SERVICE =
            """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec:
              clusterIPs: [10.96.0.1, "fd00:96::1"]
              ipFamilies: [IPv4, IPv6]
              selector: {app: reviews}
              ports:
              - {name: http, port: 80, targetPort: web}
              - {name: grpc-x, port: 90, targetPort: 9091}
              - {name: gone, port: 91, targetPort: nowhere}
              - {name: dns, port: 53, protocol: UDP}
            """;
    private static final String WAYPOINT =
            """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            status:
              addresses:
              - {type: IPAddress, value: 10.96.0.9}
              - {type: Hostname, value: waypoint.shop.svc.cluster.local}
            """;

    private final TestMesh mesh = new TestMesh();

    @Test
    void aPodBecomesAWorkload() {
        mesh.apply(SHOP + NODE + POD + SERVICE);
        assertThat(mesh.workload(UID))
                .isEqualTo(
                        Workload.builder(
                                        UID,
                                        "reviews-1",
                                        SpiffeId.of("cluster.local", "shop", "bookinfo-reviews"))
                                .addresses(
                                        List.of(
                                                IpAddress.parse("10.0.0.1"),
                                                IpAddress.parse("fd00::1")))
                                .node("n1")
                                .locality(new Locality("r", "z", "s"))
                                .canonicalName("reviews")
                                .canonicalRevision("v1")
                                .workloadName("reviews-v1")
                                .tunnelProtocol(TunnelProtocol.HBONE)
                                .services(
                                        Map.of(
                                                REVIEWS,
                                                List.of(
                                                        new Port(80, 9080, AppProtocol.UNKNOWN),
                                                        new Port(90, 9091, AppProtocol.UNKNOWN))))
                                .build());
    }

    @Test
    void aServiceBecomesAMeshService() {
        mesh.apply(SHOP + SERVICE);
        assertThat(mesh.service(REVIEWS.toString()))
                .isEqualTo(
                        MeshService.builder(REVIEWS)
                                .name("reviews")
                                .vips(List.of(vip("10.96.0.1"), vip("fd00:96::1")))
                                .ports(
                                        List.of(
                                                new Port(80, 0, AppProtocol.HTTP11),
                                                new Port(90, 9091, AppProtocol.GRPC),
                                                new Port(91, 0, AppProtocol.UNKNOWN)))
                                .ipFamilies(IpFamilies.DUAL)
                                .canonical(true)
                                .build());
    }

    @Test
    void podsThatAreNotReadyEndingOrDoneAreNotServed() {
        mesh.apply(POD.replace("status: \"True\"", "status: \"False\""));
        assertThat(mesh.workload(UID).status()).isEqualTo(WorkloadStatus.UNHEALTHY);
        mesh.apply(
                POD.replace(
                        "labels: {", "deletionTimestamp: \"2026-01-01T00:00:00Z\"\n  labels: {"));
        assertThat(mesh.workload(UID).status()).isEqualTo(WorkloadStatus.UNHEALTHY);
        mesh.apply(POD.replace("phase: Running", "phase: Succeeded"));
        assertThat(mesh.ambient().workloads().entries()).isEmpty();
        mesh.apply(POD.replace("podIPs: [{ip: 10.0.0.1}, {ip: \"fd00::1\"}]", "podIPs: []"));
        assertThat(mesh.ambient().workloads().entries()).isEmpty();
    }

    @Test
    void captureAndHostNetworkShow() {
        mesh.apply(
                POD.replace("enabled", "pending")
                        .replace("nodeName", "hostNetwork: true\n  nodeName"));
        assertThat(mesh.workload(UID).tunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(mesh.workload(UID).networkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
    }

    @Test
    void balancingFollowsTheServiceThenItsNamespace() {
        mesh.apply(
                SHOP + SERVICE.replace("selector:", "internalTrafficPolicy: Local\n  selector:"));
        assertThat(mesh.service(REVIEWS.toString()).loadBalancing())
                .isEqualTo(
                        new LoadBalancing(
                                List.of(LoadBalancing.Scope.NODE),
                                LoadBalancing.Mode.STRICT,
                                LoadBalancing.HealthPolicy.ONLY_HEALTHY));
        mesh.apply(
                SERVICE.replace(
                        "selector:",
                        "trafficDistribution: PreferClose\n  publishNotReadyAddresses: true\n"
                                + "  selector:"));
        assertThat(mesh.service(REVIEWS.toString()).loadBalancing())
                .isEqualTo(
                        new LoadBalancing(
                                List.of(
                                        LoadBalancing.Scope.NETWORK,
                                        LoadBalancing.Scope.REGION,
                                        LoadBalancing.Scope.ZONE),
                                LoadBalancing.Mode.FAILOVER,
                                LoadBalancing.HealthPolicy.ALLOW_ALL));
        mesh.apply(
                SERVICE
                        + SHOP.replace(
                                "name: shop",
                                "name: shop, annotations:"
                                        + " {networking.istio.io/traffic-distribution: PreferSameNode}"));
        assertThat(mesh.service(REVIEWS.toString()).loadBalancing().preferences())
                .contains(LoadBalancing.Scope.NODE);
    }

    @Test
    void theLabelOfAnObjectBeatsThatOfItsNamespace() {
        mesh.apply(SHOP + SERVICE + WAYPOINT);
        assertThat(mesh.service(REVIEWS.toString()).waypoint()).isNull();
        String inNamespace =
                SHOP.replace("name: shop", "name: shop, labels: {istio.io/use-waypoint: waypoint}");
        mesh.apply(inNamespace);
        WaypointRef expected =
                new WaypointRef.ByHostname(
                        new NamespacedHostname("shop", "waypoint.shop.svc.cluster.local"), 15008);
        assertThat(mesh.service(REVIEWS.toString()).waypoint()).isEqualTo(expected);
        mesh.apply(
                SERVICE.replace(
                        "namespace: shop}",
                        "namespace: shop, labels: {istio.io/use-waypoint: none}}"));
        assertThat(mesh.service(REVIEWS.toString()).waypoint()).isNull();
    }

    @Test
    void aWaypointThatCannotBeUsedLeavesTheServiceWithoutOne() {
        String labelled =
                SERVICE.replace(
                        "namespace: shop}",
                        "namespace: shop, labels: {istio.io/use-waypoint: waypoint}}");
        mesh.apply(SHOP + labelled);
        assertThat(reason()).isEqualTo("WaypointIsMissing");
        mesh.apply(WAYPOINT.substring(0, WAYPOINT.indexOf("status:")));
        assertThat(reason()).isEqualTo("WaypointIsNotReady");
        mesh.apply(
                WAYPOINT.replace(
                        "namespace: shop}",
                        "namespace: shop, labels: {istio.io/waypoint-for: workload}}"));
        assertThat(reason()).isEqualTo("UnsupportedTrafficType");
        assertThat(mesh.service(REVIEWS.toString()).waypoint()).isNull();
        String elsewhere =
                labelled.replace(
                        "use-waypoint: waypoint",
                        "use-waypoint: waypoint, istio.io/use-waypoint-namespace: infra");
        mesh.apply(elsewhere + WAYPOINT.replace("namespace: shop", "namespace: infra"));
        assertThat(reason()).isEqualTo("AttachmentDenied");
        mesh.apply(
                WAYPOINT.replace("namespace: shop", "namespace: infra")
                        .replace(
                                "protocol: HBONE}",
                                "protocol: HBONE, allowedRoutes: {namespaces: {from: Selector,"
                                        + " selector: {matchLabels: {team: a}}}}}"));
        assertThat(reason()).isEqualTo("AttachmentDenied");
        mesh.apply(SHOP.replace("name: shop", "name: shop, labels: {team: a}"));
        assertThat(mesh.service(REVIEWS.toString()).waypoint()).isNotNull();
    }

    private String reason() {
        return mesh.ambient()
                                .serviceAttachments()
                                .get(new dev.ambit.istiod.resource.ObjectName("shop", "reviews"))
                        instanceof WaypointLookup.Attachment.Failed f
                ? f.reason().condition()
                : "";
    }

    @Test
    void aCanaryWaypointTakesItsShare() {
        mesh.apply(
                SHOP
                        + WAYPOINT
                        + WAYPOINT.replace("name: waypoint,", "name: next,")
                                .replace("waypoint.shop.svc", "next.shop.svc")
                        + SERVICE.replace(
                                "namespace: shop}",
                                """
                                namespace: shop,
                                  labels: {istio.io/use-waypoint: waypoint, istio.io/use-waypoint-canary: next},
                                  annotations: {istio.io/use-waypoint-canary-weight: "20"}}\
                                """));
        WaypointRef first =
                new WaypointRef.ByHostname(
                        new NamespacedHostname("shop", "waypoint.shop.svc.cluster.local"), 15008);
        WaypointRef second =
                new WaypointRef.ByHostname(
                        new NamespacedHostname("shop", "next.shop.svc.cluster.local"), 15008);
        assertThat(mesh.service(REVIEWS.toString()).weightedWaypoints())
                .containsExactly(new WeightedWaypoint(first, 80), new WeightedWaypoint(second, 20));
    }

    @Test
    void aWaypointsOwnPodsHaveNoWaypointButItsTunnel() {
        mesh.apply(
                SHOP.replace("name: shop", "name: shop, labels: {istio.io/use-waypoint: waypoint}")
                        + WAYPOINT.replace(
                                "namespace: shop}",
                                "namespace: shop, labels: {istio.io/waypoint-for: all},"
                                        + " annotations: {ambient.istio.io/waypoint-inbound-binding:"
                                        + " PROXY/15088}}")
                        + POD
                        + POD.replace("name: reviews-1", "name: w")
                                .replace(
                                        "labels: {app: reviews",
                                        "labels: {gateway.networking.k8s.io/gateway-name: waypoint"));
        assertThat(mesh.workload(UID).waypoint()).isNotNull();
        Workload waypoint = mesh.workload("Kubernetes//Pod/shop/w");
        assertThat(waypoint.waypoint()).isNull();
        assertThat(waypoint.applicationTunnel())
                .isEqualTo(new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088));
    }

    @Test
    void entriesOutsideTheClusterAreServicesAndWorkloads() {
        mesh.apply(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: ext, namespace: shop}
                spec:
                  hosts: [db.example.com]
                  addresses: [240.0.0.1, 192.168.0.0/24]
                  resolution: STATIC
                  ports: [{number: 5432, name: tcp, protocol: TCP}]
                  endpoints:
                  - {address: 1.2.3.4, ports: {tcp: 15432}, locality: r/z/s, weight: 7}
                  - {address: db2.example.com}
                """);
        NamespacedHostname host = new NamespacedHostname("shop", "db.example.com");
        assertThat(mesh.service(host.toString()))
                .isEqualTo(
                        MeshService.builder(host)
                                .name("ext")
                                .vips(List.of(vip("240.0.0.1")))
                                .cidrVips(
                                        List.of(
                                                new CidrVip(
                                                        "",
                                                        dev.ambit.api.Cidr.parse(
                                                                "192.168.0.0/24"))))
                                .ports(List.of(new Port(5432, 5432, AppProtocol.TCP)))
                                .canonical(true)
                                .build());
        String uid = "Kubernetes/networking.istio.io/ServiceEntry/shop/ext/1.2.3.4";
        assertThat(mesh.workload(uid))
                .isEqualTo(
                        Workload.builder(
                                        uid, "ext", SpiffeId.of("cluster.local", "shop", "default"))
                                .addresses(List.of(IpAddress.parse("1.2.3.4")))
                                .locality(new Locality("r", "z", "s"))
                                .canonicalName("ext")
                                .canonicalRevision("latest")
                                .workloadName("ext")
                                .services(
                                        Map.of(
                                                host,
                                                List.of(
                                                        new Port(
                                                                5432, 15432, AppProtocol.UNKNOWN))))
                                .capacity(7)
                                .build());
        assertThat(
                        mesh.workload(
                                        "Kubernetes/networking.istio.io/ServiceEntry/shop/ext/db2.example.com")
                                .hostname())
                .isEqualTo("db2.example.com");
    }

    @Test
    void aServiceOfTheClusterBeatsAnEntryOfTheSameName() {
        String entry =
                """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: ext, namespace: shop}
                spec: {hosts: [reviews.shop.svc.cluster.local], resolution: DNS}
                """;
        mesh.apply(entry);
        assertThat(mesh.service(REVIEWS.toString()).name()).isEqualTo("ext");
        mesh.apply(SERVICE);
        assertThat(mesh.service(REVIEWS.toString()).name()).isEqualTo("reviews");
        mesh.delete(SERVICE);
        assertThat(mesh.service(REVIEWS.toString()).name()).isEqualTo("ext");
    }

    @Test
    void slicesNameTheEndpointsOfServicesWithoutSelector() {
        mesh.apply(
                POD
                        + """
                        ---
                        apiVersion: v1
                        kind: Service
                        metadata: {name: bare, namespace: shop}
                        spec: {clusterIP: 10.96.0.3, ports: [{name: p, port: 1}]}
                        ---
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata: {name: bare-1, namespace: shop, labels: {kubernetes.io/service-name: bare}}
                        addressType: IPv4
                        ports: [{name: p, port: 4001}]
                        endpoints:
                        - addresses: [10.0.0.1]
                          targetRef: {kind: Pod, name: reviews-1, namespace: shop}
                        - addresses: [172.16.0.1]
                          conditions: {ready: false}
                        """);
        NamespacedHostname bare = new NamespacedHostname("shop", "bare.shop.svc.cluster.local");
        assertThat(mesh.workload(UID).services())
                .isEqualTo(Map.of(bare, List.of(new Port(1, 4001, AppProtocol.UNKNOWN))));
        Workload outside =
                mesh.workload("Kubernetes/discovery.k8s.io/EndpointSlice/shop/bare-1/172.16.0.1");
        assertThat(outside.networkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(outside.status()).isEqualTo(WorkloadStatus.UNHEALTHY);
        assertThat(outside.services()).containsOnlyKeys(bare);
    }

    @Test
    void selectingPoliciesOfOwnAndRootNamespaceAreNamed() {
        String policy =
                """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s}
                spec: {selector: {matchLabels: {%s}}}
                """;
        mesh.apply(
                POD
                        + policy.formatted("z", "shop", "app: reviews")
                        + policy.formatted("b", "shop", "app: reviews, version: v2")
                        + policy.formatted("m", "istio-system", "version: v1")
                        + policy.formatted("o", "other", "app: reviews"));
        assertThat(mesh.workload(UID).authorizationPolicies())
                .containsExactly("istio-system/m", "shop/z");
    }

    /** A thousand pods, one changes: the count says what that cost. */
    @Test
    void aChangeCostsWhatItTouches() {
        StringBuilder yaml = new StringBuilder(SHOP + NODE + SERVICE + WAYPOINT);
        for (int i = 0; i < 1000; i++) {
            yaml.append(
                    POD.replace("name: reviews-1", "name: p" + i)
                            .replace("app: reviews", "app: a" + i % 100)
                            .replace("10.0.0.1", "10.1." + i / 250 + "." + i % 250));
        }
        mesh.apply(yaml.toString());
        mesh.computedSinceLastCall();

        mesh.apply(POD.replace("name: reviews-1", "name: p5").replace("app: reviews", "app: a5"));
        assertThat(mesh.computedSinceLastCall()).isEqualTo(Map.of("workloads", 1L));

        mesh.apply(SERVICE.replace("selector: {app: reviews}", "selector: {app: a7}"));
        assertThat(mesh.computedSinceLastCall())
                .isEqualTo(
                        Map.of(
                                "serviceBackends", 1L,
                                "meshServices", 1L,
                                "serviceAttachments", 1L,
                                "workloads", 10L));

        // Only clients care for the waypoint of a service: not one of its ten pods is computed.
        mesh.apply(
                SERVICE.replace("selector: {app: reviews}", "selector: {app: a7}")
                        .replace(
                                "namespace: shop}",
                                "namespace: shop, labels: {istio.io/use-waypoint: waypoint}}"));
        assertThat(mesh.computedSinceLastCall())
                .isEqualTo(
                        Map.of(
                                "serviceBackends",
                                1L,
                                "meshServices",
                                1L,
                                "serviceAttachments",
                                1L));

        // A node that changes something nobody asks about costs one locality.
        mesh.apply(NODE.replace("labels: {", "labels: {beat: b, "));
        assertThat(mesh.computedSinceLastCall()).isEqualTo(Map.of("localities", 1L));
    }

    private static NetworkAddress vip(String ip) {
        return new NetworkAddress("", IpAddress.parse(ip));
    }
}
