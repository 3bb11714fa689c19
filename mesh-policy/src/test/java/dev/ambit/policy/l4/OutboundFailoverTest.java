package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.testing.TestMesh;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is tried after an endpoint that did not answer, and what never is. */
final class OutboundFailoverTest {

    private static final IpPort VIP = IpPort.parse("10.1.0.1:80");
    private static final Workload CLIENT = pod("ns/client", "10.0.0.1").node("n1").build();

    private final OutboundRouter router = new OutboundRouter("", Set.of(15001, 15006, 15008));
    private final TestMesh mesh = new TestMesh().with(CLIENT);
    private final Random random = new Random(6);

    private static Workload endpoint(String name, String ip) {
        return pod("ns/" + name, ip).services(endpointOf("ns/svc")).node("n-" + name).build();
    }

    private void withEndpoints() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").build(),
                endpoint("a", "10.0.0.2"),
                endpoint("b", "10.0.0.3"),
                endpoint("c", "10.0.0.4"));
    }

    private static String uid(OutboundRoute route) {
        return Objects.requireNonNull(route.nextHop()).uid();
    }

    @Test
    void triesEachEndpointOnceAndThenNoneIsLeft() {
        withEndpoints();
        OutboundRoute route = router.route(CLIENT, VIP, mesh.state(), random);
        Set<String> tried = new HashSet<>(Set.of(uid(route)));
        for (int i = 0; i < 2; i++) {
            route =
                    Objects.requireNonNull(
                            router.another(
                                    CLIENT,
                                    VIP,
                                    route,
                                    mesh.state(),
                                    new Selection(random, Set.copyOf(tried), null)));
            assertThat(tried.add(uid(route))).isTrue();
        }
        assertThat(
                        router.another(
                                CLIENT,
                                VIP,
                                route,
                                mesh.state(),
                                new Selection(random, tried, null)))
                .isNull();
    }

    @Test
    void avoidsWhoDidNotAnswerLatelyUnlessNobodyElseIsLeft() {
        withEndpoints();
        Set<String> out = new HashSet<>(Set.of("Kubernetes//Pod/ns/a", "Kubernetes//Pod/ns/b"));
        Selection selection = new Selection(random, Set.of(), out::contains);
        for (int i = 0; i < 50; i++) {
            assertThat(uid(router.route(CLIENT, VIP, mesh.state(), selection)))
                    .isEqualTo("Kubernetes//Pod/ns/c");
        }
        out.add("Kubernetes//Pod/ns/c");
        assertThat(router.route(CLIENT, VIP, mesh.state(), selection))
                .isInstanceOf(OutboundRoute.Tunnel.class);
    }

    @Test
    void leavesTheNearestPlaceOnceNobodyThereAnswered() {
        MeshService svc =
                service("ns/svc", "10.1.0.1", "80:8080")
                        .loadBalancing(
                                new LoadBalancing(
                                        List.of(LoadBalancing.Scope.NODE),
                                        LoadBalancing.Mode.FAILOVER,
                                        LoadBalancing.HealthPolicy.ONLY_HEALTHY))
                        .build();
        mesh.with(
                svc,
                endpoint("near", "10.0.0.2").toBuilder().node("n1").build(),
                endpoint("far", "10.0.0.3"));
        OutboundRoute near = router.route(CLIENT, VIP, mesh.state(), random);
        assertThat(uid(near)).endsWith("near");
        OutboundRoute far =
                router.another(
                        CLIENT,
                        VIP,
                        near,
                        mesh.state(),
                        new Selection(random, Set.of(uid(near)), null));
        assertThat(uid(Objects.requireNonNull(far))).endsWith("far");
    }

    @Test
    void hasNoOtherForAPodThatWasAddressedItself() {
        mesh.with(endpoint("a", "10.0.0.2"));
        IpPort target = IpPort.parse("10.0.0.2:8080");
        OutboundRoute route = router.route(CLIENT, target, mesh.state(), random);
        assertThat(
                        router.another(
                                CLIENT,
                                target,
                                route,
                                mesh.state(),
                                new Selection(random, Set.of(uid(route)), null)))
                .isNull();
    }

    /** The mesh forgot it between two tries: that must not make it a plain address. */
    @Test
    void neverFallsBackToPlaintext() {
        withEndpoints();
        OutboundRoute route = router.route(CLIENT, VIP, mesh.state(), random);
        mesh.state().applyAddresses(List.of(), List.of("ns/svc.ns.svc.cluster.local"));
        assertThat(
                        router.another(
                                CLIENT,
                                VIP,
                                route,
                                mesh.state(),
                                new Selection(random, Set.of(uid(route)), null)))
                .isNull();
    }

    @Test
    void triesTheWaypointsOtherPodAndNeverPassesItBy() {
        withEndpoints();
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                service("ns/wp", "10.1.0.9", "15008:15008").build(),
                pod("ns/wp1", "10.0.1.1").services(endpointOf("ns/wp")).build(),
                pod("ns/wp2", "10.0.1.2").services(endpointOf("ns/wp")).build());
        OutboundRoute first = router.route(CLIENT, VIP, mesh.state(), random);
        OutboundRoute second =
                router.another(
                        CLIENT,
                        VIP,
                        first,
                        mesh.state(),
                        new Selection(random, Set.of(uid(first)), null));
        Objects.requireNonNull(second);
        assertThat(second).isInstanceOf(OutboundRoute.ViaWaypoint.class);
        assertThat(uid(second)).isNotEqualTo(uid(first));
        assertThat(
                        router.another(
                                CLIENT,
                                VIP,
                                second,
                                mesh.state(),
                                new Selection(random, Set.of(uid(first), uid(second)), null)))
                .isNull();
    }
}
