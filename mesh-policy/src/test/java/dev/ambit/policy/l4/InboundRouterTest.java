package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.hostname;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.ApplicationTunnel;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.InboundRoute.Accept;
import dev.ambit.policy.l4.InboundRoute.Refused;
import dev.ambit.policy.testing.TestMesh;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InboundRouterTest {

    private static final IpPort ARRIVED = IpPort.parse("10.0.0.2:15008");

    private final InboundRouter router = new InboundRouter("", Set.of(15001, 15006, 15008));
    private final TestMesh mesh = new TestMesh();
    private final Workload local = pod("ns/server", "10.0.0.2").build();

    private InboundRoute route(Workload workload, String authority) {
        return router.route(workload, ARRIVED, authority, mesh.state());
    }

    private static Accept accept(String target) {
        return new Accept(IpPort.parse(target), false, null);
    }

    @Test
    void acceptsAPortOfTheWorkloadItself() {
        assertThat(route(local, "10.0.0.2:8080")).isEqualTo(accept("10.0.0.2:8080"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "10.0.0.2",
                "10.0.0.2:",
                ":80",
                "10.0.0.2:65536",
                "10.0.0.2:http",
                "10.0.0:80",
                "10.0.0.2:80:80",
                "[10.0.0.2]:80",
                "fd00::1:80",
                "a b:80",
                "host:",
                "host:65536",
                "host:-1",
                "http://host:80",
                "user@host:80",
                "host:80/path"
            })
    void refusesAnAuthorityItCannotRead(String authority) {
        assertThat(route(local, authority))
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> {
                            assertThat(r.status()).isEqualTo(400);
                            assertThat(r.reason()).startsWith("invalid authority");
                        });
    }

    @Test
    void refusesAnotherAddressThanTheOneItArrivedAt() {
        assertThat(route(local, "10.0.0.3:8080"))
                .isEqualTo(new Refused(400, "ip mismatch: 10.0.0.2 != 10.0.0.3"));
    }

    @ParameterizedTest
    @ValueSource(ints = {15001, 15006, 15008})
    void refusesACallToItself(int port) {
        assertThat(route(local, "10.0.0.2:" + port))
                .isEqualTo(new Refused(503, "attempted recursive call to ourselves"));
    }

    @Test
    void acceptsTheAddressOfAServiceWhoseWaypointItIs() {
        Workload pod = pod("ns/wp", "10.0.0.2").services(endpointOf("ns/wp")).build();
        mesh.with(
                pod,
                service("ns/wp", "10.1.0.9", "15008:15008").build(),
                service("ns/svc", "10.1.0.1", "80:8080").waypoint(waypoint("ns/wp")).build(),
                service("ns/free", "10.1.0.2", "80:8080").build());
        assertThat(route(pod, "10.1.0.1:80")).isEqualTo(accept("10.0.0.2:80"));
        assertThat(route(pod, "10.1.0.2:80")).isInstanceOf(Refused.class);
    }

    @Test
    void acceptsTheAddressOfAServiceOfWhoseTrafficItGetsAShare() {
        Workload pod = pod("ns/canary", "10.0.0.2").services(endpointOf("ns/canary")).build();
        mesh.with(
                pod,
                service("ns/canary", "10.1.0.9", "15008:15008").build(),
                service("ns/wp", "10.1.0.8", "15008:15008").build(),
                service("ns/svc", "10.1.0.1", "80:8080")
                        .weightedWaypoints(
                                List.of(
                                        new WeightedWaypoint(waypoint("ns/wp"), 90),
                                        new WeightedWaypoint(waypoint("ns/canary"), 10)))
                        .build());
        assertThat(route(pod, "10.1.0.1:80")).isEqualTo(accept("10.0.0.2:80"));
    }

    @Test
    void acceptsTheAddressOfAPodWhoseWaypointItIs() {
        Workload pod = pod("ns/wp", "10.0.0.2").services(endpointOf("ns/wp")).build();
        mesh.with(
                pod,
                service("ns/wp", "10.1.0.9", "15008:15008").build(),
                pod("ns/a", "10.0.0.5").waypoint(waypoint("ns/wp")).build());
        assertThat(route(pod, "10.0.0.5:8080")).isEqualTo(accept("10.0.0.2:8080"));
    }

    @Test
    void handsOverAsTheWorkloadAsksWhateverTheAddress() {
        Workload tunneled =
                local.toBuilder()
                        .applicationTunnel(
                                new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088))
                        .build();
        assertThat(route(tunneled, "10.1.0.1:80"))
                .isEqualTo(new Accept(IpPort.parse("10.0.0.2:15088"), true, null));
        Workload anyPort =
                local.toBuilder()
                        .applicationTunnel(
                                new ApplicationTunnel(ApplicationTunnel.Protocol.NONE, 0))
                        .build();
        assertThat(route(anyPort, "10.1.0.1:80")).isEqualTo(accept("10.0.0.2:80"));
    }

    @Test
    void findsThePortBehindAHostName() {
        MeshService svc = service("ns/svc", "10.1.0.1", "80:8080", "81:0").build();
        mesh.with(svc);
        String host = svc.hostname();
        assertThat(route(local, host + ":80"))
                .isEqualTo(new Accept(IpPort.parse("10.0.0.2:8080"), false, svc));
        Workload ownPort =
                local.toBuilder()
                        .services(Map.of(hostname("ns/svc"), List.of(TestMesh.port("80:7777"))))
                        .build();
        assertThat(route(ownPort, host + ":80"))
                .isEqualTo(new Accept(IpPort.parse("10.0.0.2:7777"), false, svc));
        assertThat(route(local, host + ":81"))
                .isEqualTo(
                        new Refused(
                                503, "service ns/" + host + " found, but cannot resolve port 81"));
        assertThat(route(local, "unknown.example:80"))
                .isEqualTo(new Refused(503, "no service for target address: unknown.example"));
    }
}
