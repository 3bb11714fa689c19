package dev.ambit.policy.state;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.hostname;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Visibility;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class MeshStateTest {

    private final MeshState state = new MeshState("node-1");

    private void apply(MeshAddress... updates) {
        state.applyAddresses(List.of(updates), List.of());
    }

    private void remove(String... names) {
        state.applyAddresses(List.of(), List.of(names));
    }

    private static NetworkAddress at(String ip) {
        return new NetworkAddress("", IpAddress.parse(ip));
    }

    @Test
    void findsAWorkloadByUidAndByEveryAddress() {
        Workload a =
                pod("ns/a", "10.0.0.1")
                        .addresses(List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("fd00::1")))
                        .build();
        apply(a);
        assertThat(state.workload(at("10.0.0.1"))).isEqualTo(a);
        assertThat(state.workload(at("fd00::1"))).isEqualTo(a);
        assertThat(state.workloadByUid(a.uid())).isEqualTo(a);
        assertThat(state.workload(new NetworkAddress("other", IpAddress.parse("10.0.0.1"))))
                .isNull();
    }

    @Test
    void forgetsTheOldAddressWhenAWorkloadMoves() {
        apply(pod("ns/a", "10.0.0.1").build());
        Workload moved = pod("ns/a", "10.0.0.2").build();
        apply(moved);
        assertThat(state.workload(at("10.0.0.1"))).isNull();
        assertThat(state.workload(at("10.0.0.2"))).isEqualTo(moved);
        remove(moved.uid());
        assertThat(state.workload(at("10.0.0.2"))).isNull();
        assertThat(state.workloads()).isEmpty();
    }

    @Test
    void aSharedAddressMeansAPodWithATunnelBeforeAPodBeforeATunnelBeforeAnything() {
        Workload other = machine("m", TunnelProtocol.NONE);
        Workload tunnel = machine("t", TunnelProtocol.HBONE);
        Workload plainPod = pod("ns/p", "10.0.0.1").tunnelProtocol(TunnelProtocol.NONE).build();
        Workload pod = pod("ns/q", "10.0.0.1").build();
        apply(pod, other, tunnel, plainPod);
        List<Workload> found = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Workload best = Objects.requireNonNull(state.workload(at("10.0.0.1")));
            found.add(best);
            remove(best.uid());
        }
        assertThat(found).containsExactly(pod, plainPod, tunnel, other);
    }

    private static Workload machine(String name, TunnelProtocol tunnel) {
        return Workload.builder(
                        "Kubernetes/networking.istio.io/WorkloadEntry/ns/" + name,
                        name,
                        pod("ns/" + name, "10.0.0.1").build().identity())
                .addresses(List.of(IpAddress.parse("10.0.0.1")))
                .tunnelProtocol(tunnel)
                .build();
    }

    @Test
    void anAddressUsedAgainMeansTheNewerPod() {
        apply(pod("ns/old", "10.0.0.1").build());
        Workload young = pod("ns/new", "10.0.0.1").build();
        apply(young);
        assertThat(state.workload(at("10.0.0.1"))).isEqualTo(young);
        remove("Kubernetes//Pod/ns/old");
        assertThat(state.workload(at("10.0.0.1"))).isEqualTo(young);
    }

    @Test
    void aPodOnTheHostsNetworkIsNotFoundByItsAddress() {
        Workload host = pod("ns/a", "10.0.0.1").networkMode(NetworkMode.HOST_NETWORK).build();
        apply(host);
        assertThat(state.workload(at("10.0.0.1"))).isNull();
        assertThat(state.workloadByUid(host.uid())).isEqualTo(host);
    }

    @Test
    void findsWorkloadsOfItsOwnNodeByName() {
        Workload here = pod("ns/a", "10.0.0.1").node("node-1").build();
        Workload there = pod("ns/b", "10.0.0.2").node("node-2").build();
        apply(here, there);
        assertThat(state.localWorkload("a", "ns", "a")).isEqualTo(here);
        assertThat(state.localWorkload("a", "ns", "other")).isNull();
        assertThat(state.localWorkload("b", "ns", "b")).isNull();
        apply(here.toBuilder().node("node-2").build());
        assertThat(state.localWorkload("a", "ns", "a")).isNull();
    }

    @Test
    void endpointsWaitForTheirService() {
        apply(pod("ns/a", "10.0.0.1").services(endpointOf("ns/svc")).build());
        assertThat(state.endpoints(hostname("ns/svc"))).isEmpty();
        assertThat(state.stagedEndpoints()).containsOnlyKeys(hostname("ns/svc"));
        apply(service("ns/svc", "10.1.0.1", "80:8080").build());
        assertThat(uids("ns/svc")).containsExactly("Kubernetes//Pod/ns/a");
        assertThat(state.stagedEndpoints()).isEmpty();
        remove(hostname("ns/svc").toString());
        assertThat(state.endpoints(hostname("ns/svc"))).isEmpty();
        assertThat(state.stagedEndpoints()).containsOnlyKeys(hostname("ns/svc"));
    }

    @Test
    void endpointsFollowTheirWorkload() {
        Workload a = pod("ns/a", "10.0.0.1").services(endpointOf("ns/svc")).build();
        apply(service("ns/svc", "10.1.0.1", "80:8080").build(), a);
        assertThat(uids("ns/svc")).containsExactly(a.uid());
        apply(a.toBuilder().services(endpointOf("ns/other")).build());
        assertThat(uids("ns/svc")).isEmpty();
        apply(a);
        assertThat(uids("ns/svc")).containsExactly(a.uid());
        remove(a.uid());
        assertThat(uids("ns/svc")).isEmpty();
    }

    @Test
    void unhealthyEndpointsCountOnlyWhereTheServiceSaysSo() {
        apply(
                service("ns/svc", "10.1.0.1", "80:8080").build(),
                pod("ns/a", "10.0.0.1")
                        .services(endpointOf("ns/svc"))
                        .status(WorkloadStatus.UNHEALTHY)
                        .build());
        assertThat(uids("ns/svc")).isEmpty();
        apply(
                service("ns/svc", "10.1.0.1", "80:8080")
                        .loadBalancing(
                                new LoadBalancing(
                                        List.of(),
                                        LoadBalancing.Mode.UNSPECIFIED,
                                        LoadBalancing.HealthPolicy.ALLOW_ALL))
                        .build());
        assertThat(uids("ns/svc")).hasSize(1);
    }

    private List<String> uids(String service) {
        return state.endpoints(hostname(service)).stream().map(e -> e.workload().uid()).toList();
    }

    @Test
    void aSharedVipMeansTheClientsOwnServiceThenTheCanonicalOneThenTheFirst() {
        MeshService first = entry("a", "10.1.0.1").build();
        MeshService canonical = entry("b", "10.1.0.1").canonical(true).build();
        MeshService own = entry("c", "10.1.0.1").build();
        apply(first, canonical, own);
        assertThat(state.service(at("10.1.0.1"), "c")).isEqualTo(own);
        assertThat(state.service(at("10.1.0.1"), "x")).isEqualTo(canonical);
        remove(canonical.resourceName());
        assertThat(state.service(at("10.1.0.1"), "x")).isEqualTo(first);
        assertThat(state.serviceByHostname("api.example", "c")).isEqualTo(own);
    }

    @Test
    void aServiceOfItsNamespaceIsHiddenFromOthers() {
        MeshService hidden =
                entry("a", "10.1.0.1").canonical(true).visibility(Visibility.NAMESPACE).build();
        apply(hidden);
        assertThat(state.service(at("10.1.0.1"), "a")).isEqualTo(hidden);
        assertThat(state.service(at("10.1.0.1"), "b")).isNull();
        assertThat(state.serviceByHostname("api.example", "b")).isNull();
    }

    @Test
    void forgetsTheOldVipWhenAServiceMoves() {
        apply(entry("a", "10.1.0.1").build());
        MeshService moved = entry("a", "10.1.0.2").build();
        apply(moved);
        assertThat(state.service(at("10.1.0.1"), "a")).isNull();
        assertThat(state.service(at("10.1.0.2"), "a")).isEqualTo(moved);
    }

    @Test
    void amongBlocksTheOwnNamespaceWinsThenTheLongestThenTheCanonical() {
        MeshService wide = block("a", "10.0.0.0/8", false);
        MeshService narrow = block("b", "10.1.0.0/16", false);
        MeshService narrowCanonical = block("c", "10.1.0.0/16", true);
        MeshService exact = entry("d", "10.1.2.3").build();
        apply(wide, narrow, narrowCanonical, exact);
        assertThat(state.service(at("10.1.9.9"), "a")).isEqualTo(wide);
        assertThat(state.service(at("10.1.9.9"), "b")).isEqualTo(narrow);
        assertThat(state.service(at("10.1.9.9"), "x")).isEqualTo(narrowCanonical);
        assertThat(state.service(at("10.2.9.9"), "x")).isEqualTo(wide);
        assertThat(state.service(at("10.1.2.3"), "a")).isEqualTo(exact);
        assertThat(state.service(at("11.0.0.1"), "x")).isNull();
        remove(narrowCanonical.resourceName());
        assertThat(state.service(at("10.1.9.9"), "x")).isEqualTo(narrow);
    }

    private static dev.ambit.api.workload.MeshServiceBuilder entry(String namespace, String vip) {
        return MeshService.builder(new NamespacedHostname(namespace, "api.example"))
                .vips(List.of(at(vip)));
    }

    private static MeshService block(String namespace, String block, boolean canonical) {
        return MeshService.builder(new NamespacedHostname(namespace, "net.example"))
                .cidrVips(List.of(new CidrVip("", Cidr.parse(block))))
                .canonical(canonical)
                .build();
    }

    @Test
    void aWorkloadsPoliciesAreThoseOfTheMeshItsNamespaceAndItsOwn() {
        Authorization mesh = policy("istio-system", "mesh", Authorization.Scope.GLOBAL);
        Authorization own = policy("ns", "own", Authorization.Scope.NAMESPACE);
        Authorization selected = policy("ns", "sel", Authorization.Scope.WORKLOAD_SELECTOR);
        Authorization foreign = policy("other", "own", Authorization.Scope.NAMESPACE);
        state.applyAuthorizations(List.of(mesh, own, selected, foreign), List.of());
        Workload plain = pod("ns/a", "10.0.0.1").build();
        Workload chosen =
                plain.toBuilder().authorizationPolicies(List.of("ns/sel", "ns/gone")).build();
        assertThat(state.policies(plain).deny()).containsExactly(mesh, own);
        assertThat(state.policies(chosen).deny()).containsExactly(mesh, own, selected);
        assertThat(state.policies(chosen).missing()).containsExactly("ns/gone");
        state.applyAuthorizations(List.of(), List.of("ns/own", "ns/sel"));
        assertThat(state.policies(chosen).deny()).containsExactly(mesh);
    }

    private static Authorization policy(String ns, String name, Authorization.Scope scope) {
        return new Authorization(ns, name, scope, Authorization.Action.DENY, List.of(), false);
    }

    @Test
    void tellsWhatChangedAndOnlyThat() {
        List<String> heard = new ArrayList<>();
        state.listen(
                new MeshState.Listener() {
                    @Override
                    public void workloadsChanged(
                            Collection<Workload> updated, Collection<Workload> removed) {
                        heard.add(updated.size() + " updated, " + removed.size() + " removed");
                    }

                    @Override
                    public void policiesChanged(PolicyChange change) {
                        heard.add("policies");
                    }
                });
        Workload a = pod("ns/a", "10.0.0.1").node("node-1").build();
        apply(a);
        apply(a);
        apply(a.toBuilder().authorizationPolicies(List.of("ns/p")).build());
        remove(a.uid());
        remove("nobody");
        Authorization policy = policy("ns", "p", Authorization.Scope.NAMESPACE);
        state.applyAuthorizations(List.of(policy), List.of());
        state.applyAuthorizations(List.of(policy), List.of());
        assertThat(heard)
                .containsExactly(
                        "1 updated, 0 removed",
                        "policies",
                        "1 updated, 0 removed",
                        "policies",
                        "0 updated, 1 removed",
                        "policies");
    }
}
