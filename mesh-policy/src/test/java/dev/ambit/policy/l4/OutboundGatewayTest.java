package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.hostname;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.OutboundRoute.Refused;
import dev.ambit.policy.l4.OutboundRoute.ViaGateway;
import dev.ambit.policy.testing.TestMesh;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ways into another network: always through its gateway, to somebody named, or not at all. */
final class OutboundGatewayTest {

    private static final String FAR_NAME = "spiffe://cluster.local/ns/ns/sa/far";
    private static final SpiffeId FAR = SpiffeId.of("cluster.local", "ns", "far");
    private static final Workload CLIENT = pod("ns/client", "10.0.0.1").build();
    private static final Workload GATEWAY = pod("istio/gw", "10.9.0.1").network("remote").build();
    private static final WaypointRef BY_ADDRESS =
            new WaypointRef.ByAddress(
                    new NetworkAddress("remote", IpAddress.parse("10.9.0.1")), 15008);
    private static final MeshService SVC =
            service("ns/svc", "10.1.0.1", "80:8080").subjectAltNames(List.of(FAR_NAME)).build();

    private final OutboundRouter router = new OutboundRouter("", Set.of(15001, 15006, 15008));
    private final TestMesh mesh = new TestMesh().with(CLIENT);

    private OutboundRoute route(String destination) {
        return router.route(CLIENT, IpPort.parse(destination), mesh.state(), new Random(4));
    }

    private static Workload remote(WaypointRef gateway) {
        return pod("ns/server", "10.0.0.2")
                .network("remote")
                .addresses(List.of())
                .networkGateway(gateway)
                .services(endpointOf("ns/svc"))
                .build();
    }

    private void refuses(String destination, String why) {
        assertThat(route(destination))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Refused.Kind.MULTI_NETWORK);
                            assertThat(refused.reason()).contains(why);
                        });
    }

    @Test
    void goesThroughTheGatewayThatIsNamedByItsAddress() {
        Workload remote = remote(BY_ADDRESS);
        mesh.with(SVC, remote, GATEWAY);
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new ViaGateway(
                                new Hop.At(IpPort.parse("10.9.0.1:15008")),
                                "svc.ns.svc.cluster.local:80",
                                GATEWAY,
                                List.of(GATEWAY.identity()),
                                List.of(FAR),
                                remote,
                                SVC));
    }

    @Test
    void goesThroughAPodOfTheGatewayThatIsNamedByItsServiceInTheCallersFamily() {
        Workload pod =
                GATEWAY.toBuilder()
                        .addresses(List.of(IpAddress.parse("fd09::1"), IpAddress.parse("10.9.0.1")))
                        .services(endpointOf("istio/gw"))
                        .build();
        mesh.with(
                SVC,
                remote(waypoint("istio/gw")),
                pod,
                service("istio/gw", "10.9.9.9", "15008:15443").build());
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        ViaGateway.class,
                        via ->
                                assertThat(via.hop())
                                        .isEqualTo(new Hop.At(IpPort.parse("10.9.0.1:15443"))));
    }

    @Test
    void findsAGatewayThatIsAWorkloadOfThatName() {
        Workload named =
                GATEWAY.toBuilder().addresses(List.of()).hostname("gw.remote.example").build();
        mesh.with(
                SVC,
                named,
                remote(
                        new WaypointRef.ByHostname(
                                new dev.ambit.api.NamespacedHostname("istio", "gw.remote.example"),
                                15008)));
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        ViaGateway.class,
                        via ->
                                assertThat(via.hop())
                                        .isEqualTo(
                                                new Hop.Named("gw.remote.example", 15008, true)));
    }

    /** E18: traversed or refused, never passed by. */
    @Test
    void expectsTheWaypointOfTheOtherNetworkAtTheFarEnd() {
        String waypointName = "spiffe://cluster.local/ns/ns/sa/waypoint";
        Workload waypointPod =
                pod("ns/waypoint", "10.0.0.3")
                        .network("remote")
                        .addresses(List.of())
                        .networkGateway(BY_ADDRESS)
                        .services(endpointOf("ns/waypoint"))
                        .build();
        mesh.with(
                SVC.toBuilder().waypoint(waypoint("ns/waypoint")).build(),
                service("ns/waypoint", "10.1.0.2", "15008:15008")
                        .subjectAltNames(List.of(waypointName))
                        .build(),
                waypointPod,
                remote(BY_ADDRESS),
                GATEWAY);
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        ViaGateway.class,
                        via -> {
                            assertThat(via.upstream()).isEqualTo(waypointPod);
                            assertThat(via.inner()).containsExactly(SpiffeId.parse(waypointName));
                            assertThat(via.authority()).isEqualTo("svc.ns.svc.cluster.local:80");
                            assertThat(via.service().key()).isEqualTo(hostname("ns/svc"));
                        });
    }

    @Test
    void refusesWhereNobodyIsNamedWhoCouldBeTrustedThere() {
        mesh.with(SVC.toBuilder().subjectAltNames(List.of()).build(), remote(BY_ADDRESS), GATEWAY);
        refuses("10.1.0.1:80", "subject_alt_names");
    }

    @Test
    void refusesWithoutAGateway() {
        mesh.with(SVC, remote(BY_ADDRESS));
        refuses("10.1.0.1:80", "network gateway remote/10.9.0.1 not found");
        mesh.with(
                remote(BY_ADDRESS).toBuilder()
                        .networkGateway(null)
                        .addresses(List.of(IpAddress.parse("10.0.0.2")))
                        .build());
        refuses("10.1.0.1:80", "no network gateway");
    }

    @Test
    void usesNoGatewayInItsOwnNetwork() {
        mesh.with(
                SVC,
                GATEWAY,
                pod("ns/server", "10.0.0.2")
                        .networkGateway(BY_ADDRESS)
                        .services(endpointOf("ns/svc"))
                        .build());
        assertThat(route("10.1.0.1:80")).isInstanceOf(OutboundRoute.Tunnel.class);
    }
}
