package dev.ambit.ztunnel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LocalStateFileTest {

    private static final String YAML =
            """
            workloads:
            - uid: cluster1//v1/Pod/default/local
              name: local
              namespace: default
              serviceAccount: account
              workloadIps: ["127.0.0.1", "::1"]
              protocol: HBONE
              node: local
              network: ""
              waypoint: {destination: default/waypoint.default, hboneMtlsPort: 15008}
              services:
                "default/example.com":
                  80: 8080
            policies:
            - action: Deny
              rules:
              - - - notDestinationPorts: [9999]
                    principals: [!Exact a, !Prefix b, !Suffix c, !Presence ]
                    sourceIps: [10.0.0.0/8]
                    serviceAccounts: [{namespace: n, serviceAccount: s}]
              name: p
              namespace: default
              scope: WorkloadSelector
              dryRun: true
            services:
            - name: local
              namespace: default
              hostname: example.com
              vips: [/127.10.0.1, net/fd00::1]
              ports: {80: 8080}
              subjectAltNames: [spiffe://cluster.local/ns/default/sa/local]
              waypoint: {destination: /10.0.0.9, hboneMtlsPort: 15009}
              canonical: true
            """;

    @Test
    void readsWorkloadsServicesAndPolicies() {
        LocalStateFile state = LocalStateFile.parse(YAML);
        assertThat(state.workloads())
                .containsExactly(
                        Workload.builder(
                                        "cluster1//v1/Pod/default/local",
                                        "local",
                                        SpiffeId.of("cluster.local", "default", "account"))
                                .addresses(
                                        List.of(
                                                IpAddress.parse("127.0.0.1"),
                                                IpAddress.parse("::1")))
                                .tunnelProtocol(TunnelProtocol.HBONE)
                                .node("local")
                                .clusterId("")
                                .waypoint(
                                        new WaypointRef.ByHostname(
                                                NamespacedHostname.parse(
                                                        "default/waypoint.default"),
                                                15008))
                                .workloadType(state.workloads().getFirst().workloadType())
                                .services(
                                        Map.of(
                                                NamespacedHostname.parse("default/example.com"),
                                                List.of(new Port(80, 8080, AppProtocol.UNKNOWN))))
                                .build());
        assertThat(state.services()).hasSize(1);
        assertThat(state.services().getFirst().vips())
                .containsExactly(
                        new NetworkAddress("", IpAddress.parse("127.10.0.1")),
                        new NetworkAddress("net", IpAddress.parse("fd00::1")));
        assertThat(state.services().getFirst().waypoint())
                .isEqualTo(
                        new WaypointRef.ByAddress(
                                new NetworkAddress("", IpAddress.parse("10.0.0.9")), 15009));
    }

    @Test
    void readsTagsOfPolicies() {
        Match match =
                Match.builder()
                        .principals(
                                new StringMatcher.Exact("a"),
                                new StringMatcher.Prefix("b"),
                                new StringMatcher.Suffix("c"),
                                new StringMatcher.Presence())
                        .notDestinationPorts(9999)
                        .sourceIps(Cidr.parse("10.0.0.0/8"))
                        .serviceAccounts(new ServiceAccountMatcher("n", "s"))
                        .build();
        assertThat(LocalStateFile.parse(YAML).policies())
                .containsExactly(
                        new Authorization(
                                "default",
                                "p",
                                Authorization.Scope.WORKLOAD_SELECTOR,
                                Authorization.Action.DENY,
                                List.of(new Rule(List.of(new Clause(List.of(match))))),
                                true));
    }

    @Test
    void readsJsonAsTheSame() {
        LocalStateFile state =
                LocalStateFile.parse(
                        """
                        {"workloads": [{"uid": "u", "name": "w", "namespace": "n", "workloadIps": ["10.0.0.1"],
                          "protocol": "TCP", "services": {"n/h": {"80": 81}}}], "policies": [], "services": []}
                        """);
        assertThat(state.workloads().getFirst().services())
                .containsEntry(
                        NamespacedHostname.parse("n/h"),
                        List.of(new Port(80, 81, AppProtocol.UNKNOWN)));
        assertThat(state.workloads().getFirst().tunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
    }

    @Test
    void acceptsAnEmptyFile() {
        assertThat(LocalStateFile.parse(""))
                .isEqualTo(new LocalStateFile(List.of(), List.of(), List.of()));
    }

    @Test
    void namesTheUnknownField() {
        assertThatThrownBy(() -> LocalStateFile.parse(YAML.replace("protocol:", "protokol:")))
                .hasMessageContaining("workloads[0]: unknown field `protokol`");
        assertThatThrownBy(() -> LocalStateFile.parse("{workload: []}"))
                .hasMessageContaining("unknown field `workload`");
    }

    @Test
    void namesTheBadValueAndItsPlace() {
        assertThatThrownBy(() -> LocalStateFile.parse(YAML.replace("127.0.0.1", "127.0.0.999")))
                .hasMessageContaining("workloads[0].workloadIps[0]")
                .hasMessageContaining("127.0.0.999");
        assertThatThrownBy(() -> LocalStateFile.parse(YAML.replace("HBONE", "QUIC")))
                .hasMessageContaining("workloads[0].protocol: QUIC (expected: one of HBONE, TCP)");
        assertThatThrownBy(() -> LocalStateFile.parse(YAML.replace("80: 8080}", "80: 80800}")))
                .hasMessageContaining("services[0].ports: 80800");
    }

    @Test
    void refusesAStringMatchWithoutItsTag() {
        assertThatThrownBy(() -> LocalStateFile.parse(YAML.replace("!Exact a", "{Exact: a}")))
                .hasMessageContaining("expected a tag");
    }

    @Test
    void refusesAWorkloadWithoutItsNamespace() {
        assertThatThrownBy(
                        () ->
                                LocalStateFile.parse(
                                        YAML.replace(
                                                "  namespace: default\n  serviceAccount",
                                                "  serviceAccount")))
                .hasMessageContaining("namespace is missing");
    }
}
