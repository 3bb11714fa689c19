package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.LoadBalancing.Mode;
import dev.ambit.api.workload.LoadBalancing.Scope;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.testing.TestMesh;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointPickerTest {

    private static final Workload CLIENT =
            at(pod("ns/client", "10.0.0.1"), "r1", "z1", "n1", "net").build();

    private final TestMesh mesh = new TestMesh();
    private final Random random = new Random(11);

    private static WorkloadBuilder at(
            WorkloadBuilder pod, String region, String zone, String node, String network) {
        return pod.locality(new Locality(region, zone, "")).node(node).network(network);
    }

    private static WorkloadBuilder endpoint(String name, String ip) {
        return at(pod("ns/" + name, ip), "r1", "z1", "n1", "net").services(endpointOf("ns/svc"));
    }

    private static MeshService svc(Mode mode, Scope... preferences) {
        return service("ns/svc", "10.1.0.1", "80:8080")
                .loadBalancing(
                        new LoadBalancing(
                                List.of(preferences),
                                mode,
                                LoadBalancing.HealthPolicy.ONLY_HEALTHY))
                .build();
    }

    private Map<String, Integer> picks(MeshService service, int times) {
        mesh.with(service);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            Endpoint picked =
                    EndpointPicker.pick(
                            CLIENT,
                            service,
                            80,
                            EndpointPicker.Purpose.SERVICE,
                            mesh.state(),
                            Selection.ofAll(random));
            counts.merge(picked == null ? "none" : picked.workload().name(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void everyEndpointGetsItsShareByCapacity() {
        mesh.with(
                endpoint("a", "10.0.0.2").build(),
                endpoint("b", "10.0.0.3").capacity(3).build(),
                endpoint("c", "10.0.0.4").capacity(0).build());
        Map<String, Integer> counts = picks(svc(Mode.UNSPECIFIED), 20_000);
        assertThat(counts).containsOnlyKeys("a", "b");
        assertThat(counts.get("a")).isBetween(4_700, 5_300);
    }

    /** One of many can be reached, so guesses miss and every endpoint is looked at. */
    @Test
    void findsTheOnlyOneThatCanBeReached() {
        for (int i = 0; i < 200; i++) {
            mesh.with(endpoint("gone" + i, "10.0.1." + i).addresses(List.of()).build());
        }
        mesh.with(endpoint("a", "10.0.0.2").build());
        assertThat(picks(svc(Mode.UNSPECIFIED), 100)).containsExactly(Map.entry("a", 100));
    }

    @Test
    void strictLeavesOutWhoDoesNotMatchEverything() {
        mesh.with(
                endpoint("same", "10.0.0.2").build(),
                at(endpoint("zone", "10.0.0.3"), "r1", "z1", "n2", "net").build());
        assertThat(picks(svc(Mode.STRICT, Scope.ZONE, Scope.NODE), 100)).containsOnlyKeys("same");
        mesh.state().applyAddresses(List.of(), List.of("Kubernetes//Pod/ns/same"));
        assertThat(picks(svc(Mode.STRICT, Scope.ZONE, Scope.NODE), 10)).containsOnlyKeys("none");
    }

    @Test
    void failoverTakesTheNearestThatAreLeft() {
        mesh.with(
                endpoint("node", "10.0.0.2").build(),
                at(endpoint("zone1", "10.0.0.3"), "r1", "z1", "n2", "net").build(),
                at(endpoint("zone2", "10.0.0.4"), "r1", "z1", "n3", "net").build(),
                at(endpoint("region", "10.0.0.5"), "r1", "z2", "n4", "net").build(),
                at(endpoint("far", "10.0.0.6"), "r2", "z1", "n1", "net").build());
        MeshService service =
                svc(Mode.FAILOVER, Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.NODE);
        assertThat(picks(service, 50)).containsOnlyKeys("node");
        remove("node");
        assertThat(picks(service, 100)).containsOnlyKeys("zone1", "zone2");
        remove("zone1");
        remove("zone2");
        assertThat(picks(service, 50)).containsOnlyKeys("region");
        remove("region");
        // The same zone name in another region is another zone.
        assertThat(picks(service, 50)).containsOnlyKeys("far");
    }

    private void remove(String name) {
        mesh.state().applyAddresses(List.of(), List.of("Kubernetes//Pod/ns/" + name));
    }

    @ParameterizedTest
    @CsvSource({
        "r1, z1, net, 5",
        "r1, z2, net, 4",
        "r2, z1, net, 3",
        "r1, z1, far, 2",
        "r1, z2, far, 1",
        "r2, z1, far, 0",
    })
    void anyEndpointOfTheNetworkGoesBeforeAllOthers(
            String region, String zone, String network, int rank) {
        Workload endpoint = at(pod("ns/e", "10.0.0.2"), region, zone, "n1", network).build();
        assertThat(
                        EndpointPicker.rank(
                                List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE), CLIENT, endpoint))
                .isEqualTo(rank);
    }

    @Test
    void aFirstPreferenceThatMissesEndsTheRanking() {
        Workload endpoint = at(pod("ns/e", "10.0.0.2"), "r2", "z1", "n1", "net").build();
        assertThat(
                        EndpointPicker.rank(
                                List.of(Scope.REGION, Scope.ZONE, Scope.NODE), CLIENT, endpoint))
                .isZero();
    }
}
