package dev.ambit.ztunnel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.policy.state.MeshState;
import dev.ambit.ztunnel.inpod.Pod;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.state.LocalStateFile;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConfigDumpTest {

    private static final String STATE =
            """
            workloads:
            - {uid: c//Pod/ns/b, name: b, namespace: ns, workloadIps: [10.0.0.2], protocol: TCP, services: {}}
            - uid: c//Pod/ns/a
              name: a
              namespace: ns
              serviceAccount: sa
              workloadIps: [10.0.0.1]
              protocol: HBONE
              node: n1
              status: Healthy
              locality: {region: r, zone: z, subzone: ""}
              waypoint: {destination: ns/wp.ns, hboneMtlsPort: 15008}
              authorizationPolicies: [ns/p]
              services: {"ns/web.ns": {80: 8080}}
            services:
            - name: web
              namespace: ns
              hostname: web.ns
              vips: [net/10.1.0.1]
              ports: {80: 8080}
              loadBalancer: {mode: Failover, routingPreferences: [Network, Zone], healthPolicy: OnlyHealthy}
            policies:
            - {name: p, namespace: ns, scope: WorkloadSelector, action: Deny, dryRun: false, rules: [[[{principals: [!Exact x], destinationPorts: [1]}]]]}
            """;

    private final MeshState mesh = new MeshState("");
    private final TestCertificates ca = new TestCertificates();

    private @Nullable Instant stale;

    private JsonNode dump() throws Exception {
        LocalStateFile file = LocalStateFile.parse(STATE);
        List<MeshAddress> addresses = new ArrayList<>(file.workloads());
        addresses.addAll(file.services());
        mesh.applyAddresses(addresses, List.of());
        mesh.applyAuthorizations(file.policies(), List.of());
        SpiffeId ready = SpiffeId.of("td", "ns", "sa");
        Map<SpiffeId, CertificateState> certificates =
                Map.of(
                        ready,
                        new CertificateState.Ready(ca.workload(ready), ca.contexts(ready)),
                        SpiffeId.of("td", "ns", "x"),
                        new CertificateState.Fetching(),
                        SpiffeId.of("td", "ns", "y"),
                        new CertificateState.Unavailable("no CA"));
        List<PodRegistry.View> pods =
                List.of(
                        new PodRegistry.View(
                                "uid-1",
                                true,
                                new WorkloadInfo("a", "ns", "sa"),
                                List.of(
                                        new Pod.OpenConnection(
                                                true,
                                                "10.0.0.9:1",
                                                "10.0.0.1:15008",
                                                "10.0.0.1:80",
                                                "HBONE",
                                                "X25519MLKEM768"),
                                        new Pod.OpenConnection(
                                                false,
                                                "10.0.0.1:2",
                                                "10.0.0.3:80",
                                                "10.0.0.3:80",
                                                "TCP",
                                                null))),
                        new PodRegistry.View(
                                "uid-2", false, new WorkloadInfo("b", "ns", "sa"), List.of()));
        ConfigDump dump =
                new ConfigDump(
                        mesh,
                        () -> certificates,
                        () -> pods,
                        new ConfigDump.Fixed(
                                Map.of("proxy", true), Map.of("version", "0"), file, () -> stale));
        return new ObjectMapper().readTree(dump.json());
    }

    @Test
    void hasTheKeysAndTypesIstioctlAndKialiDecode() throws Exception {
        JsonNode dump = dump();
        assertThat(dump.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "workloads",
                        "services",
                        "policies",
                        "stagedServices",
                        "staticConfig",
                        "version",
                        "config",
                        "certificates",
                        "workloadState");
        JsonNode a = dump.at("/workloads/0");
        assertThat(a.get("uid").textValue()).isEqualTo("c//Pod/ns/a");
        assertThat(a.get("workloadIps"))
                .singleElement()
                .extracting(JsonNode::textValue)
                .isEqualTo("10.0.0.1");
        assertThat(a.get("protocol").textValue()).isEqualTo("HBONE");
        assertThat(a.get("status").textValue()).isEqualTo("Healthy");
        assertThat(a.get("capacity").isInt()).isTrue();
        assertThat(a.get("services"))
                .singleElement()
                .extracting(JsonNode::textValue)
                .isEqualTo("ns/web.ns");
        assertThat(a.at("/waypoint/destination").textValue()).isEqualTo("ns/wp.ns");
        assertThat(a.at("/waypoint/hboneMtlsPort").isInt()).isTrue();
        assertThat(a.at("/locality/zone").textValue()).isEqualTo("z");
        assertThat(dump.at("/workloads/1").has("node")).isFalse();
    }

    @Test
    void showsServicesWithTheirEndpoints() throws Exception {
        JsonNode service = dump().at("/services/0");
        assertThat(service.at("/vips/0").textValue()).isEqualTo("net/10.1.0.1");
        assertThat(service.at("/ports/80").intValue()).isEqualTo(8080);
        JsonNode endpoint = service.get("endpoints").get("c//Pod/ns/a");
        assertThat(endpoint.get("workloadUid").textValue()).isEqualTo("c//Pod/ns/a");
        assertThat(endpoint.at("/port/80").intValue()).isEqualTo(8080);
        assertThat(endpoint.get("status").textValue()).isEqualTo("Healthy");
        assertThat(service.at("/loadBalancer/mode").textValue()).isEqualTo("Failover");
        assertThat(service.at("/loadBalancer/routingPreferences/0").textValue())
                .isEqualTo("Network");
    }

    @Test
    void showsPoliciesAsNestedLists() throws Exception {
        JsonNode policy = dump().at("/policies/0");
        assertThat(policy.get("scope").textValue()).isEqualTo("WorkloadSelector");
        assertThat(policy.get("action").textValue()).isEqualTo("Deny");
        assertThat(policy.at("/rules/0/0/0/principals/0/Exact").textValue()).isEqualTo("x");
        assertThat(policy.at("/rules/0/0/0/destinationPorts/0").intValue()).isEqualTo(1);
    }

    @Test
    void showsCertificatesSortedAndNeverAKey() throws Exception {
        JsonNode dump = dump();
        JsonNode certificates = dump.get("certificates");
        assertThat(certificates).hasSize(3);
        JsonNode ready = certificates.get(0);
        assertThat(ready.get("identity").textValue()).isEqualTo("spiffe://td/ns/ns/sa/sa");
        assertThat(ready.get("state").textValue()).isEqualTo("Available");
        assertThat(ready.at("/certChain/0/serialNumber").isTextual()).isTrue();
        assertThat(ready.at("/certChain/0/validFrom").textValue()).endsWith("Z");
        assertThat(ready.get("rootCerts")).isNotEmpty();
        assertThat(certificates.get(1).get("state").textValue()).isEqualTo("Initializing");
        assertThat(certificates.get(2).get("state").textValue()).isEqualTo("Unavailable: no CA");
        assertThat(dump.toString()).doesNotContain("PRIVATE KEY");
    }

    @Test
    void showsPodsWithTheirConnections() throws Exception {
        JsonNode states = dump().get("workloadState");
        assertThat(states.at("/uid-1/state").textValue()).isEqualTo("Up");
        assertThat(states.at("/uid-1/connections/inbound/0/src").textValue())
                .isEqualTo("10.0.0.9:1");
        assertThat(states.at("/uid-1/connections/inbound/0/protocol").textValue())
                .isEqualTo("HBONE");
        assertThat(states.at("/uid-1/connections/inbound/0/tlsGroup").textValue())
                .isEqualTo("X25519MLKEM768");
        assertThat(states.at("/uid-1/connections/outbound/0/protocol").textValue())
                .isEqualTo("TCP");
        assertThat(states.at("/uid-1/connections/outbound/0").has("tlsGroup")).isFalse();
        assertThat(states.at("/uid-2/state").textValue()).isEqualTo("Pending");
        assertThat(states.at("/uid-2/info/serviceAccount").textValue()).isEqualTo("sa");
        assertThat(states.get("uid-2").has("connections")).isFalse();
    }

    @Test
    void showsTheLocalFileInItsOwnForm() throws Exception {
        assertThat(dump().at("/staticConfig/workloads/1/services/ns~1web.ns/80").intValue())
                .isEqualTo(8080);
    }

    @Test
    void saysFromWhenTheStateIsWhileItIsTheCachedOne() throws Exception {
        assertThat(dump().has("stateStaleSince")).isFalse();
        stale = Instant.parse("2026-01-02T03:04:05.6Z");
        assertThat(dump().get("stateStaleSince").textValue()).isEqualTo("2026-01-02T03:04:05Z");
    }
}
