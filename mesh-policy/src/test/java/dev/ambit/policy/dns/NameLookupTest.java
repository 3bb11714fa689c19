package dev.ambit.policy.dns;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.MeshServiceBuilder;
import dev.ambit.api.workload.Visibility;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.policy.testing.TestMesh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of ambient.md 1.21 that is about names. */
final class NameLookupTest {

    private static final ClusterNames CLUSTER = new ClusterNames("cluster.local", null, true);
    private static final Workload CLIENT = pod("ns1/client", "10.0.0.1").build();

    private final NameLookup lookup = new NameLookup(CLUSTER);
    private final TestMesh mesh = new TestMesh().with(CLIENT);
    private final Random random = new Random(7);

    private DnsAnswer ask(String name, AddressFamily family) {
        return lookup.lookup(
                DnsClient.assumed(CLIENT, CLUSTER), name, family, mesh.state(), random);
    }

    private DnsAnswer ask(String name) {
        return ask(name, AddressFamily.V4);
    }

    private List<IpAddress> addresses(String name) {
        return addresses(name, AddressFamily.V4);
    }

    private List<IpAddress> addresses(String name, AddressFamily family) {
        return ((DnsAnswer.Found) ask(name, family)).addresses();
    }

    private static MeshServiceBuilder external(String namespace, String hostname, String... vips) {
        return MeshService.builder(new NamespacedHostname(namespace, hostname))
                .vips(
                        Arrays.stream(vips)
                                .map(v -> new NetworkAddress("", IpAddress.parse(v)))
                                .toList());
    }

    private static IpAddress ip(String literal) {
        return IpAddress.parse(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "web.ns1", "web.ns1.svc", "web.ns1.svc.cluster.local"})
    void aServiceOfOnesOwnNamespaceIsFoundByEveryShortForm(String name) {
        mesh.with(service("ns1/web", "10.96.0.1").build());

        assertThat(ask(name))
                .isEqualTo(
                        new DnsAnswer.Found(
                                null,
                                List.of(ip("10.96.0.1")),
                                service("ns1/web", "10.96.0.1").build()));
    }

    @ParameterizedTest
    @CsvSource({"web.ns2,true", "web.ns2.svc,true", "web.ns2.svc.cluster.local,true", "web,false"})
    void aServiceOfAnotherNamespaceNeedsItsNamespace(String name, boolean found) {
        mesh.with(service("ns2/web", "10.96.0.1").build());

        assertThat(ask(name) instanceof DnsAnswer.Found).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a.b.ns1", "a.b.ns1.svc", "a.b.ns1.svc.cluster.local"})
    void aHostOfASubdomainIsFoundByEveryShortForm(String name) {
        mesh.with(external("ns1", "a.b.ns1.svc.cluster.local", "10.96.0.9").build());

        assertThat(addresses(name)).containsExactly(ip("10.96.0.9"));
    }

    @Test
    void fiveLabelsAreTakenAsAsked() {
        mesh.with(external("ns1", "a.b.c.d.svc.svc.cluster.local", "10.96.0.9").build());

        assertThat(ask("a.b.c.d.svc")).isEqualTo(new DnsAnswer.Forward(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.example.com.ns1.svc.cluster.local",
                "api.example.com.svc.cluster.local",
                "api.example.com.cluster.local"
            })
    void aNameWithASearchDomainIsAnAliasOfTheNameWithout(String name) {
        MeshService service = external("ns1", "api.example.com", "240.240.0.1").build();
        mesh.with(service);

        assertThat(ask(name))
                .isEqualTo(
                        new DnsAnswer.Found(
                                "api.example.com", List.of(ip("240.240.0.1")), service));
    }

    @Test
    void aWildcardFoundByStrippingIsNoAlias() {
        MeshService service = external("ns1", "*.example.com", "240.240.0.1").build();
        mesh.with(service);

        assertThat(ask("api.example.com.ns1.svc.cluster.local"))
                .isEqualTo(new DnsAnswer.Found(null, List.of(ip("240.240.0.1")), service));
    }

    @Test
    void anAliasWithoutAddressesIsNotToldOf() {
        mesh.with(external("ns1", "api.example.com", "240.240.0.1").build());

        DnsAnswer answer = ask("api.example.com.ns1.svc.cluster.local", AddressFamily.V6);

        assertThat(((DnsAnswer.Found) answer).canonicalName()).isNull();
    }

    @Test
    void thePodsOwnSearchDomainsCountInPlaceOfTheAssumedOnes() {
        mesh.with(external("ns1", "api.example.com", "240.240.0.1").build());
        DnsClient own = new DnsClient(CLIENT, List.of("corp.example"));

        assertThat(
                        lookup.lookup(
                                own,
                                "api.example.com.corp.example",
                                AddressFamily.V4,
                                mesh.state(),
                                random))
                .isInstanceOf(DnsAnswer.Found.class);
        assertThat(
                        lookup.lookup(
                                own,
                                "api.example.com.cluster.local",
                                AddressFamily.V4,
                                mesh.state(),
                                random))
                .isInstanceOf(DnsAnswer.Forward.class);
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com,240.0.0.1",
        "www.sub.example.com,240.0.0.2",
        "a.b.sub.example.com,240.0.0.2",
        "other.com,240.0.0.3",
        "exact.example.com,240.0.0.4"
    })
    void theLongestWildcardWinsAndAnExactNameBeforeIt(String name, String address) {
        mesh.with(
                external("ns1", "*.com", "240.0.0.3").build(),
                external("ns1", "*.example.com", "240.0.0.1").build(),
                external("ns1", "*.sub.example.com", "240.0.0.2").build(),
                external("ns1", "exact.example.com", "240.0.0.4").build());

        assertThat(addresses(name)).containsExactly(ip(address));
    }

    @Test
    void aWildcardDoesNotCoverItsOwnDomain() {
        mesh.with(external("ns1", "*.example.com", "240.0.0.1").build());

        assertThat(ask("example.com")).isEqualTo(new DnsAnswer.Forward(null));
    }

    @Test
    void onlyAddressesOfTheClientsNetworkAreTold() {
        mesh.with(
                external("ns1", "api.example.com", "240.0.0.1")
                        .vips(
                                List.of(
                                        new NetworkAddress("", ip("240.0.0.1")),
                                        new NetworkAddress("other", ip("240.0.0.2"))))
                        .build());

        assertThat(addresses("api.example.com")).containsExactly(ip("240.0.0.1"));
    }

    @Test
    void aHeadlessServiceIsItsEndpoints() {
        mesh.with(
                headless().build(),
                pod("ns1/db-0", "10.0.1.1").services(endpointOf("ns1/db")).build(),
                pod("ns1/db-1", "10.0.1.2")
                        .addresses(List.of(ip("10.0.1.2"), ip("fd00::2"), ip("10.0.1.3")))
                        .services(endpointOf("ns1/db"))
                        .build());

        assertThat(addresses("db")).containsExactlyInAnyOrder(ip("10.0.1.1"), ip("10.0.1.2"));
        assertThat(addresses("db", AddressFamily.V6)).containsExactly(ip("fd00::2"));
    }

    @Test
    void aHeadlessServiceOfOneFamilyHidesTheOther() {
        mesh.with(
                headless().ipFamilies(IpFamilies.IPV4_ONLY).build(),
                pod("ns1/db-0", "10.0.1.1")
                        .addresses(List.of(ip("10.0.1.1"), ip("fd00::1")))
                        .services(endpointOf("ns1/db"))
                        .build());

        assertThat(addresses("db")).containsExactly(ip("10.0.1.1"));
        assertThat(addresses("db", AddressFamily.V6)).isEmpty();
    }

    @Test
    void withoutIpv6NoAddressOfItIsTold() {
        mesh.with(external("ns1", "api.example.com", "2001:db8::1").build());
        NameLookup v4Only = new NameLookup(new ClusterNames("cluster.local", null, false));

        DnsAnswer answer =
                v4Only.lookup(
                        DnsClient.assumed(CLIENT, CLUSTER),
                        "api.example.com",
                        AddressFamily.V6,
                        mesh.state(),
                        random);

        assertThat(((DnsAnswer.Found) answer).addresses()).isEmpty();
    }

    @Test
    void aHostOutsideTheClusterWithoutAnAddressIsForwardedAsRegistered() {
        MeshService block =
                external("ns1", "block.example.com")
                        .cidrVips(List.of(new CidrVip("", Cidr.parse("192.0.2.0/24"))))
                        .build();
        mesh.with(block);

        assertThat(ask("block.example.com")).isEqualTo(new DnsAnswer.Forward(block));
        assertThat(ask("unknown.example.com")).isEqualTo(new DnsAnswer.Forward(null));
    }

    @Test
    void aKnownNameWithoutAddressOfTheFamilyHasAnEmptyAnswer() {
        mesh.with(service("ns1/web", "10.96.0.1").build());

        assertThat(addresses("web", AddressFamily.V6)).isEmpty();
    }

    @Test
    void aServiceOfItsNamespaceOnlyDoesNotExistForOthers() {
        mesh.with(service("ns2/web", "10.96.0.1").visibility(Visibility.NAMESPACE).build());

        assertThat(ask("web.ns2")).isEqualTo(new DnsAnswer.Forward(null));
    }

    @ParameterizedTest
    @CsvSource({"ns1|ns2|ns3,ns1", "ns2|ns3|ns4,ns3", "ns2|ns4,ns4", "ns2|ns5,ns2"})
    void ofSeveralNamespacesOwnThenCanonicalThenPreferredThenFirst(String present, String winner) {
        List<MeshService> services = new ArrayList<>();
        for (String namespace : present.split("\\|", -1)) {
            services.add(
                    external(namespace, "api.example.com", "240.0.0." + namespace.charAt(2))
                            .canonical(namespace.equals("ns3"))
                            .build());
        }
        mesh.with(services.toArray(MeshService[]::new));
        NameLookup preferring = new NameLookup(new ClusterNames("cluster.local", "ns4", true));

        DnsAnswer answer =
                preferring.lookup(
                        DnsClient.assumed(CLIENT, CLUSTER),
                        "api.example.com",
                        AddressFamily.V4,
                        mesh.state(),
                        random);

        assertThat(((DnsAnswer.Found) answer).service().namespace()).isEqualTo(winner);
    }

    @Test
    void answersComeInRandomOrder() {
        mesh.with(headless().build());
        IntStream.range(1, 6)
                .forEach(
                        i ->
                                mesh.with(
                                        pod("ns1/db-" + i, "10.0.1." + i)
                                                .services(endpointOf("ns1/db"))
                                                .build()));

        assertThat(IntStream.range(0, 200).mapToObj(i -> addresses("db").getFirst()).distinct())
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"db-0.db", "db-0.db.ns1", "db-0.db.ns1.svc.cluster.local"})
    void thePodOfAStatefulSetHasItsOwnName(String name) {
        mesh.with(headless().build(), numbered("db-0").build());

        assertThat(addresses(name)).containsExactly(ip("10.0.1.1"));
    }

    @Test
    void theRecordsOwnHostNameIsAPodsNameToo() {
        mesh.with(
                headless().build(),
                pod("ns1/leader", "10.0.1.1")
                        .hostname("leader.db.ns1.svc.cluster.local")
                        .services(endpointOf("ns1/db"))
                        .build());

        assertThat(addresses("leader.db")).containsExactly(ip("10.0.1.1"));
    }

    @Test
    void otherPodsHaveNoNameOfTheirOwn() {
        mesh.with(
                headless().build(),
                numbered("db-7c9f").build(),
                numbered("db-1").workloadType(WorkloadType.JOB).build(),
                numbered("db-2").services(java.util.Map.of()).build(),
                numbered("db-3").status(WorkloadStatus.UNHEALTHY).build());

        for (String name : List.of("db-7c9f", "db-1", "db-2", "db-3", "db-4")) {
            assertThat(ask(name + ".db")).as(name).isEqualTo(new DnsAnswer.Forward(null));
        }
    }

    @Test
    void aPodNotYetReadyHasItsNameWhereTheServicePublishesThose() {
        mesh.with(
                headless()
                        .loadBalancing(
                                new LoadBalancing(
                                        List.of(),
                                        LoadBalancing.Mode.UNSPECIFIED,
                                        LoadBalancing.HealthPolicy.ALLOW_ALL))
                        .build(),
                numbered("db-3").status(WorkloadStatus.UNHEALTHY).build());

        assertThat(addresses("db-3.db")).containsExactly(ip("10.0.1.1"));
    }

    @Test
    void onDemandTheNamesThatCouldAnswerAreListed() {
        DnsClient client = new DnsClient(CLIENT, List.of());

        assertThat(lookup.hostnames(client, "web")).containsExactly("web.ns1.svc.cluster.local");
        assertThat(lookup.hostnames(client, "db-0.db.ns1.svc.cluster.local"))
                .containsExactly("db-0.db.ns1.svc.cluster.local", "db.ns1.svc.cluster.local");
        assertThat(lookup.hostnames(client, "api.example.com"))
                .containsExactly(
                        "api.example.com",
                        "*.example.com",
                        "*.com",
                        "api.example.com.svc.cluster.local",
                        "example.com.svc.cluster.local");
    }

    private static MeshServiceBuilder headless() {
        return service("ns1/db", "10.96.0.1").vips(List.of());
    }

    private static WorkloadBuilder numbered(String name) {
        return pod("ns1/" + name, "10.0.1.1")
                .workloadName("db")
                .workloadType(WorkloadType.POD)
                .clusterId(CLIENT.clusterId())
                .services(endpointOf("ns1/db"));
    }
}
