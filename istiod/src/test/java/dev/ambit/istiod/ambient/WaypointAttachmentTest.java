package dev.ambit.istiod.ambient;

import static dev.ambit.istiod.ambient.AmbientYaml.POD;
import static dev.ambit.istiod.ambient.AmbientYaml.REVIEWS;
import static dev.ambit.istiod.ambient.AmbientYaml.SERVICE;
import static dev.ambit.istiod.ambient.AmbientYaml.SHOP;
import static dev.ambit.istiod.ambient.AmbientYaml.UID;
import static dev.ambit.istiod.ambient.AmbientYaml.WAYPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.istiod.testing.TestMesh;
import org.junit.jupiter.api.Test;

/** Which waypoint a service or a pod gets, and why it gets none. */
final class WaypointAttachmentTest {

    private final TestMesh mesh = new TestMesh();

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
}
