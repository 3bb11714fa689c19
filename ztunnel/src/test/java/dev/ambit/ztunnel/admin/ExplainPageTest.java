package dev.ambit.ztunnel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.admin.AdminRequest;
import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.egress.EgressMetrics;
import dev.ambit.ztunnel.state.LocalStateFile;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExplainPageTest {

    private static final String STATE =
            """
            workloads:
            - {uid: c//Pod/ns/client, name: client, namespace: ns, serviceAccount: client, workloadIps: [10.0.0.1], protocol: HBONE, services: {}}
            - uid: c//Pod/ns/server
              name: server
              namespace: ns
              serviceAccount: server
              workloadIps: [10.0.0.2]
              protocol: HBONE
              authorizationPolicies: [ns/p, ns/gone]
              services: {"ns/web.ns": {80: 8080}}
            services:
            - {name: web, namespace: ns, hostname: web.ns, vips: ["/10.1.0.1"], ports: {80: 8080}}
            policies:
            - {name: p, namespace: ns, scope: WorkloadSelector, action: Deny, dryRun: false, rules: [[[{principals: [!Suffix /sa/client]}]]]}
            """;

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1");
    private final MeshState mesh = new MeshState("");
    private final EgressGuard guard =
            EgressGuard.of(
                    "ns",
                    new EgressConfig(true, Set.of(), List.of("api.example.com"), List.of()),
                    new EgressMetrics(registry));
    private final ExplainPage page =
            new ExplainPage(mesh, "", Set.of(15008), (client, target) -> guard.verdict(target));

    @BeforeEach
    void fill() {
        LocalStateFile file = LocalStateFile.parse(STATE);
        List<MeshAddress> addresses = new ArrayList<>(file.workloads());
        addresses.addAll(file.services());
        mesh.applyAddresses(addresses, List.of());
        mesh.applyAuthorizations(file.policies(), List.of());
    }

    private AdminResponse get(String accept, String... pairs) throws Exception {
        Map<String, List<String>> query = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            query.put(pairs[i], List.of(pairs[i + 1]));
        }
        return page.answer(
                new AdminRequest(
                        "GET",
                        "/explain",
                        query,
                        Map.of("accept", accept),
                        new byte[0],
                        new InetSocketAddress(0)));
    }

    private static String body(AdminResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void answersThePathThePoliciesAndTheRuleThatDecides() throws Exception {
        AdminResponse response = get("*/*", "src", "ns/client", "dst", "web.ns:80");
        assertThat(response.status()).isEqualTo(200);
        JsonNode json = new ObjectMapper().readTree(body(response));
        assertThat(json.path("allowed").asBoolean()).isFalse();
        assertThat(json.path("verdict").asText())
                .isEqualTo("denied: explicitly denied by: ns/p, rule 1");
        assertThat(json.at("/question/workload").asText()).isEqualTo("c//Pod/ns/client");
        assertThat(json.at("/path/kind").asText()).isEqualTo("tunnel");
        assertThat(json.at("/path/steps/0/authority").asText()).isEqualTo("10.0.0.2:8080");
        assertThat(json.at("/path/steps/0/expectedIdentities/0").asText())
                .isEqualTo("spiffe://cluster.local/ns/ns/sa/server");
        JsonNode judgement = json.at("/judgements/0");
        assertThat(judgement.path("decidedBy").asText()).isEqualTo("ns/p");
        assertThat(judgement.path("rule").asInt()).isEqualTo(1);
        assertThat(judgement.path("missing").get(0).asText()).isEqualTo("ns/gone");
        assertThat(judgement.at("/policies/0/matches").asBoolean()).isTrue();
        assertThat(judgement.at("/policies/0/decides").asBoolean()).isTrue();
    }

    @Test
    void answersInTextWhoAsksForText() throws Exception {
        String accepted = body(get("text/plain", "src", "10.0.0.1", "dst", "ns/server:8080"));
        assertThat(accepted)
                .isEqualTo(
                        """
                        REFUSED  denied: explicitly denied by: ns/p, rule 1

                        from  10.0.0.1:0  c//Pod/ns/client  spiffe://cluster.local/ns/ns/sa/client
                        to    10.0.0.2:8080
                        path  tunnel: the address is a workload's that takes tunnels
                          1. HBONE to the workload's node proxy: 10.0.0.2:15008, CONNECT 10.0.0.2:8080, c//Pod/ns/server
                               must be spiffe://cluster.local/ns/ns/sa/server

                        policies of c//Pod/ns/server for spiffe://cluster.local/ns/ns/sa/client from 10.0.0.1 to 10.0.0.2:8080
                        > DENY  ns/p  matches: rule 1 matches
                          not known: ns/gone
                        """);
        assertThat(body(get("*/*", "src", "10.0.0.1", "dst", "ns/server:8080", "format", "text")))
                .isEqualTo(accepted);
    }

    @Test
    void looksAtAPlaintextConnectionWhenAsked() throws Exception {
        String text =
                body(
                        get(
                                "text/plain",
                                "src",
                                "c//Pod/ns/client",
                                "dst",
                                "10.0.0.2:8080",
                                "plaintext",
                                "true"));
        assertThat(text).startsWith("CARRIED  allowed: no policy denies it");
        assertThat(text).contains("the source, without identity, is not among principals");
    }

    @ParameterizedTest
    @CsvSource({
        "src,ns/client,x,y,x: not known",
        "src,ns/client,plaintext,false,dst: missing",
        "dst,10.0.0.2:80,plaintext,true,src: missing",
        "src,ns/client,dst,10.0.0.2,dst: \"10.0.0.2\": no port",
        "src,nobody,dst,10.0.0.2:80,src: \"nobody\": not known"
    })
    void saysWhatIsWrongAndWhatIsExpected(
            String key, String value, String otherKey, String otherValue, String problem)
            throws Exception {
        AdminResponse response = get("*/*", key, value, otherKey, otherValue);
        assertThat(response.status()).isEqualTo(400);
        assertThat(body(response))
                .startsWith(problem)
                .contains("(expected: ")
                .contains("usage: /explain?src=");
    }

    @Test
    void refusesAFormatItDoesNotHave() throws Exception {
        AdminResponse response =
                get("*/*", "src", "ns/client", "dst", "10.0.0.2:80", "format", "xml");
        assertThat(response.status()).isEqualTo(400);
        assertThat(body(response)).startsWith("format: \"xml\" (expected: json or text");
    }

    @Test
    void refusesWhatThePodsEgressGuardRefusesAndCountsNothing() throws Exception {
        String text = body(get("text/plain", "src", "ns/client", "dst", "203.0.113.7:443"));
        assertThat(text)
                .startsWith("REFUSED  refused: egress to 203.0.113.7 refused: not registered")
                .contains("passthrough");
        guard.answered("api.example.com", false, List.of(IpAddress.parse("203.0.113.7")), 30);
        assertThat(body(get("text/plain", "src", "ns/client", "dst", "203.0.113.7:443")))
                .startsWith("CARRIED");
        assertThat(new String(registry.scrape(null).body(), StandardCharsets.UTF_8))
                .doesNotContain("ambit_egress_refused_total{");
    }
}
