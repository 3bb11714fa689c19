package dev.ambit.istiod.ambient;

import static dev.ambit.istiod.ambient.AmbientYaml.POD;
import static dev.ambit.istiod.ambient.AmbientYaml.REVIEWS;
import static dev.ambit.istiod.ambient.AmbientYaml.SERVICE;
import static dev.ambit.istiod.ambient.AmbientYaml.UID;
import static dev.ambit.istiod.ambient.AmbientYaml.vip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.identity.SpiffeId;
import dev.ambit.istiod.testing.TestMesh;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services whose endpoints are no pods the cluster selects. */
final class OutsideServicesTest {

    private final TestMesh mesh = new TestMesh();

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
}
