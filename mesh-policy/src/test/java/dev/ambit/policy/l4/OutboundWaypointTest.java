package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.OutboundRoute.Refused;
import dev.ambit.policy.l4.OutboundRoute.Tunnel;
import dev.ambit.policy.l4.OutboundRoute.ViaWaypoint;
import dev.ambit.policy.testing.TestMesh;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The router where a waypoint stands in the way. */
final class OutboundWaypointTest {

    private static final Workload CLIENT = pod("ns/client", "10.0.0.1").build();
    private static final Workload SERVER = pod("ns/server", "10.0.0.2").build();

    private final OutboundRouter router = new OutboundRouter("", Set.of(15001, 15006, 15008));
    private final TestMesh mesh = new TestMesh().with(CLIENT);
    private final Random random = new Random(4);

    private OutboundRoute route(String destination) {
        return route(CLIENT, destination);
    }

    private OutboundRoute route(Workload source, String destination) {
        return router.route(source, IpPort.parse(destination), mesh.state(), random);
    }

    private static Hop hop(String target) {
        return new Hop.At(IpPort.parse(target));
    }

    private final MeshService waypointService = service("ns/wp", "10.1.0.9", "15008:15008").build();
    private final Workload waypointPod =
            pod("ns/wp", "10.0.0.9").services(endpointOf("ns/wp")).build();

    @Test
    void sendsAServiceToItsWaypointUnderTheAddressTheApplicationUsed() {
        MeshService svc =
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build();
        mesh.with(
                svc,
                waypointService,
                waypointPod,
                SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new ViaWaypoint(
                                hop("10.0.0.9:15008"),
                                "10.1.0.1:80",
                                List.of(waypointPod.identity()),
                                waypointPod,
                                waypointService,
                                svc));
    }

    @Test
    void findsAWaypointByTheAddressOfItsServiceOrItsWorkload() {
        WaypointRef byVip =
                new WaypointRef.ByAddress(
                        new NetworkAddress("", IpAddress.parse("10.1.0.9")), 15008);
        WaypointRef byPod =
                new WaypointRef.ByAddress(
                        new NetworkAddress("", IpAddress.parse("10.0.0.9")), 15088);
        MeshService a = service("ns/a", "10.1.0.1", "80:80").waypoint(byVip).build();
        MeshService b = service("ns/b", "10.1.0.2", "80:80").waypoint(byPod).build();
        mesh.with(a, b, waypointService, waypointPod);
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new ViaWaypoint(
                                hop("10.0.0.9:15008"),
                                "10.1.0.1:80",
                                List.of(waypointPod.identity()),
                                waypointPod,
                                waypointService,
                                a));
        assertThat(route("10.1.0.2:80"))
                .isEqualTo(
                        new ViaWaypoint(
                                hop("10.0.0.9:15088"),
                                "10.1.0.2:80",
                                List.of(waypointPod.identity()),
                                waypointPod,
                                null,
                                b));
    }

    @Test
    void aWaypointsServiceMayLeadToAnotherPort() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                service("ns/wp", "10.1.0.9", "15008:25008").build(),
                waypointPod);
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        ViaWaypoint.class,
                        via -> assertThat(via.hop()).isEqualTo(hop("10.0.0.9:25008")));
    }

    @Test
    void aWaypointBehindAnApplicationTunnelNeedNotDeclareThePort() {
        Workload sandwiched =
                waypointPod.toBuilder()
                        .applicationTunnel(
                                new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088))
                        .build();
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                service("ns/wp", "10.1.0.9", "80:80").build(),
                sandwiched);
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        ViaWaypoint.class,
                        via -> assertThat(via.hop()).isEqualTo(hop("10.0.0.9:15008")));
    }

    @Test
    void aWaypointNobodyKnowsClosesTheWay() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.UNKNOWN_WAYPOINT,
                                "unknown waypoint: ns/wp.ns.svc.cluster.local"));
    }

    @Test
    void aWaypointWithoutEndpointsClosesTheWay() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                waypointService,
                SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.NO_HEALTHY_UPSTREAM,
                                "no healthy upstream: 10.1.0.1:80"));
    }

    @Test
    void splitsConnectionsBetweenWaypointsByWeight() {
        MeshService svc =
                service("ns/svc", "10.1.0.1", "80:8080")
                        .waypoint(waypoint("ns/wp"))
                        .weightedWaypoints(
                                List.of(
                                        new WeightedWaypoint(waypoint("ns/wp"), 90),
                                        new WeightedWaypoint(waypoint("ns/canary"), 10)))
                        .build();
        Workload canary = pod("ns/canary", "10.0.0.8").services(endpointOf("ns/canary")).build();
        mesh.with(
                svc,
                waypointService,
                waypointPod,
                service("ns/canary", "10.1.0.8", "15008:15008").build(),
                canary);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            ViaWaypoint via = (ViaWaypoint) route("10.1.0.1:80");
            counts.merge(via.waypoint().name(), 1, Integer::sum);
        }
        assertThat(counts.get("canary")).isBetween(900, 1100);
        assertThat(counts.get("wp")).isBetween(8900, 9100);
    }

    @Test
    void sendsAPodToItsOwnWaypoint() {
        Workload server = SERVER.toBuilder().waypoint(waypoint("ns/wp")).build();
        mesh.with(server, waypointService, waypointPod);
        assertThat(route("10.0.0.2:8080"))
                .isEqualTo(
                        new ViaWaypoint(
                                hop("10.0.0.9:15008"),
                                "10.0.0.2:8080",
                                List.of(waypointPod.identity()),
                                waypointPod,
                                waypointService,
                                null));
    }

    @Test
    void goesStraightFromTheWaypointToItsPod() {
        Workload server = SERVER.toBuilder().waypoint(waypoint("ns/wp")).build();
        mesh.with(server, waypointService, waypointPod);
        assertThat(route(waypointPod, "10.0.0.2:8080"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:8080",
                                List.of(server.identity()),
                                server,
                                null));
    }

    @Test
    void aServicesTrafficIgnoresTheWaypointsOfItsPods() {
        MeshService svc = service("ns/svc", "10.1.0.1", "80:8080").build();
        Workload server =
                SERVER.toBuilder()
                        .waypoint(waypoint("ns/wp"))
                        .services(endpointOf("ns/svc"))
                        .build();
        mesh.with(svc, server, waypointService, waypointPod);
        assertThat(route("10.1.0.1:80")).isInstanceOf(Tunnel.class);
    }
}
