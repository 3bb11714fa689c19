package dev.ambit.istiod.ambient;

import static dev.ambit.istiod.ambient.AmbientYaml.NODE;
import static dev.ambit.istiod.ambient.AmbientYaml.POD;
import static dev.ambit.istiod.ambient.AmbientYaml.REVIEWS;
import static dev.ambit.istiod.ambient.AmbientYaml.SERVICE;
import static dev.ambit.istiod.ambient.AmbientYaml.SHOP;
import static dev.ambit.istiod.ambient.AmbientYaml.UID;
import static dev.ambit.istiod.ambient.AmbientYaml.WAYPOINT;
import static dev.ambit.istiod.ambient.AmbientYaml.vip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.identity.SpiffeId;
import dev.ambit.istiod.testing.TestMesh;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What pods and services become in the tables of the mesh. */
final class AmbientTablesTest {

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
}
