package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.hostname;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.port;
import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Visibility;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.OutboundRoute.Direct;
import dev.ambit.policy.l4.OutboundRoute.Passthrough;
import dev.ambit.policy.l4.OutboundRoute.Refused;
import dev.ambit.policy.l4.OutboundRoute.Tunnel;
import dev.ambit.policy.testing.TestMesh;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutboundRouterTest {

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

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:15001", "127.9.9.9:15006", "[::1]:15008"})
    void refusesACallToItself(String destination) {
        assertThat(route(destination))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.SELF_CALL, "attempted recursive call to ourselves"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:80", "192.0.2.1:15008", "[2001:db8::1]:443"})
    void passesThroughWhatTheMeshDoesNotKnow(String destination) {
        assertThat(route(destination)).isEqualTo(new Passthrough(IpPort.parse(destination), null));
    }

    @Test
    void tunnelsToAPod() {
        mesh.with(SERVER);
        assertThat(route("10.0.0.2:8080"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:8080",
                                List.of(SERVER.identity()),
                                SERVER,
                                null));
    }

    @Test
    void connectsPlainlyToAPodWithoutATunnel() {
        Workload plain = SERVER.toBuilder().tunnelProtocol(TunnelProtocol.NONE).build();
        mesh.with(plain);
        assertThat(route("10.0.0.2:8080")).isEqualTo(new Direct(hop("10.0.0.2:8080"), plain, null));
    }

    @Test
    void anAddressIsAWorkloadsBeforeItIsAServices() {
        mesh.with(SERVER, service("ns/svc", "10.0.0.2", "80:8080").build());
        assertThat(route("10.0.0.2:80"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:80",
                                List.of(SERVER.identity()),
                                SERVER,
                                null));
    }

    @Test
    void anAddressOfAWorkloadAndItsServiceGoesToAnEndpointAtTheTargetPort() {
        MeshService svc = service("ns/svc", "10.0.0.2", "80:8080").build();
        Workload endpoint = SERVER.toBuilder().services(endpointOf("ns/svc")).build();
        mesh.with(svc, endpoint);
        assertThat(route("10.0.0.2:80"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:8080",
                                List.of(SERVER.identity()),
                                endpoint,
                                svc));
        assertThat(route("10.0.0.2:443"))
                .as("a port the service does not have")
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:443",
                                List.of(SERVER.identity()),
                                endpoint,
                                null));
    }

    @Test
    void noServiceTakesTheAddressOfAWorkloadThatIsNotItsOwn() {
        Workload other = pod("ns/other", "10.0.0.3").services(endpointOf("ns/svc")).build();
        mesh.with(SERVER, other, service("ns/svc", "10.0.0.2", "80:8080").build());
        assertThat(route("10.0.0.2:80"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:80",
                                List.of(SERVER.identity()),
                                SERVER,
                                null));
    }

    @Test
    void tunnelsToAnEndpointOfAServiceAtItsTargetPort() {
        MeshService svc = service("ns/svc", "10.1.0.1", "80:8080").build();
        Workload endpoint = SERVER.toBuilder().services(endpointOf("ns/svc")).build();
        mesh.with(svc, endpoint);
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(
                        new Tunnel(
                                hop("10.0.0.2:15008"),
                                "10.0.0.2:8080",
                                List.of(SERVER.identity()),
                                endpoint,
                                svc));
    }

    @Test
    void anEndpointsOwnPortGoesBeforeTheServices() {
        MeshService svc = service("ns/svc", "10.1.0.1", "80:0").build();
        Workload endpoint =
                SERVER.toBuilder()
                        .services(Map.of(hostname("ns/svc"), List.of(TestMesh.port("80:9999"))))
                        .build();
        mesh.with(svc, endpoint);
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        Tunnel.class, t -> assertThat(t.authority()).isEqualTo("10.0.0.2:9999"));
    }

    @Test
    void expectsTheServicesNamesToo() {
        MeshService svc =
                service("ns/svc", "10.1.0.1", "80:8080")
                        .subjectAltNames(
                                List.of("spiffe://other/ns/a/sa/b", "dns.example", "spiffe://x"))
                        .build();
        mesh.with(svc, SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        Tunnel.class,
                        t ->
                                assertThat(t.expected())
                                        .containsExactly(
                                                SpiffeId.of("other", "a", "b"), SERVER.identity()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.1:80", "10.1.0.1:81"})
    void refusesAServiceWithoutAnEndpointForThePort(String destination) {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:0").build(),
                SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route(destination))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.NO_HEALTHY_UPSTREAM,
                                "no healthy upstream: " + destination));
    }

    @Test
    void refusesAServiceWhoseEndpointsAreUnhealthy() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").build(),
                SERVER.toBuilder()
                        .services(endpointOf("ns/svc"))
                        .status(WorkloadStatus.UNHEALTHY)
                        .build());
        assertThat(route("10.1.0.1:80")).isInstanceOf(Refused.class);
    }

    @Test
    void passesThroughAServiceThatSaysSo() {
        MeshService svc =
                service("ns/svc", "10.1.0.1", "80:8080")
                        .loadBalancing(
                                new LoadBalancing(
                                        List.of(),
                                        LoadBalancing.Mode.PASSTHROUGH,
                                        LoadBalancing.HealthPolicy.ONLY_HEALTHY))
                        .build();
        mesh.with(svc, SERVER.toBuilder().services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(new Passthrough(IpPort.parse("10.1.0.1:80"), svc));
    }

    @Test
    void passesThroughAServiceItsNamespaceKeepsToItself() {
        mesh.with(
                service("other/svc", "10.1.0.1", "80:8080")
                        .visibility(Visibility.NAMESPACE)
                        .build());
        assertThat(route("10.1.0.1:80"))
                .isEqualTo(new Passthrough(IpPort.parse("10.1.0.1:80"), null));
    }

    /** The pod's own address reaches our listeners as loopback does. */
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:15001", "10.0.0.1:15006", "10.0.0.1:15008"})
    void refusesACallToItselfByItsOwnAddress(String destination) {
        assertThat(route(destination))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.SELF_CALL, "attempted recursive call to ourselves"));
    }

    @Test
    void knowsNoPortThatTheServiceDoesNotDeclare() {
        mesh.with(
                service("ns/svc", "10.1.0.1", "80:8080").build(),
                SERVER.toBuilder()
                        .services(Map.of(hostname("ns/svc"), List.of(port("81:8081"))))
                        .build());
        assertThat(route("10.1.0.1:81"))
                .isEqualTo(
                        new Refused(
                                Refused.Kind.NO_HEALTHY_UPSTREAM,
                                "no healthy upstream: 10.1.0.1:81"));
    }

    @Test
    void resolvesAWorkloadThatHasOnlyAName() {
        MeshService svc = service("ns/svc", "10.1.0.1", "443:8443").build();
        Workload named =
                Workload.builder("u", "n", SERVER.identity())
                        .hostname("db.example")
                        .services(endpointOf("ns/svc"))
                        .build();
        mesh.with(svc, named);
        assertThat(route("10.1.0.1:443"))
                .isEqualTo(new Direct(new Hop.Named("db.example", 8443, true), named, svc));
    }

    @Test
    void takesTheAddressOfTheFamilyTheApplicationUsed() {
        List<IpAddress> both = List.of(IpAddress.parse("fd00::2"), IpAddress.parse("10.0.0.2"));
        MeshService svc = service("ns/svc", "10.1.0.1", "80:8080").build();
        mesh.with(svc, SERVER.toBuilder().addresses(both).services(endpointOf("ns/svc")).build());
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        Tunnel.class, t -> assertThat(t.authority()).isEqualTo("10.0.0.2:8080"));
        mesh.with(svc.toBuilder().ipFamilies(IpFamilies.IPV6_ONLY).build());
        assertThat(route("10.1.0.1:80"))
                .isInstanceOfSatisfying(
                        Tunnel.class,
                        t -> {
                            assertThat(t.authority()).isEqualTo("[fd00::2]:8080");
                            assertThat(t.hop()).isEqualTo(hop("[fd00::2]:15008"));
                        });
        assertThat(route("[fd00::2]:80"))
                .isInstanceOfSatisfying(
                        Tunnel.class, t -> assertThat(t.authority()).isEqualTo("[fd00::2]:80"));
    }
}
