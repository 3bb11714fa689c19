package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names as a captured pod sees them, with everything asked on demand: {@code XDS_ON_DEMAND} and the
 * DNS proxy together, and a way out of the mesh for known names only.
 */
final class DnsTest {

    private static final String SERVICES =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: 10.96.7.1
              clusterIPs: [10.96.7.1]
              selector: {app: server}
              ports: [{name: tcp, port: 80, targetPort: 8080}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: api, namespace: elsewhere}
            spec:
              hosts: [api.example.com]
              addresses: [240.240.7.7]
              ports: [{name: tcp, number: 80, protocol: TCP}]
              resolution: STATIC
              endpoints: [{address: 192.0.2.99}]
            """;

    @TempDir private static Path dir;

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;
    private static String resolver;

    @BeforeAll
    static void startTheMesh() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("DnsTest");
        mesh = new TestMesh("dns");
        resolver = mesh.bed().fabric().address();
        Path conf = Files.writeString(dir.resolve("resolv.conf"), "nameserver " + resolver + "\n");
        mesh.with("AMBIT_RESOLV_CONF", conf.toString())
                .with("XDS_ON_DEMAND", "true")
                .with("AMBIT_REGISTRY_ONLY_NAMESPACES", "strict")
                .with("AMBIT_EGRESS_HOSTS", "*.example.org");
        mesh.cluster().apply("services", SERVICES);
        mesh.cluster()
                .apply(
                        "namespace-strict",
                        TestCluster.namespace(
                                "strict", Map.of("istio.io/dataplane-mode", "ambient")));
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        mesh.start();
        for (TestPod pod : new TestPod[] {client, server}) {
            Eventually.holds(
                    pod.name() + " is in the mesh",
                    () -> mesh.cluster().redirection(pod).equals("enabled"));
        }
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    @DisplayName("M41: mesh names are answered with the upstream alive, and all of them without it")
    void namesOfTheMeshAndNamesOutside() throws IOException {
        try (NameServer upstream = new NameServer(mesh.bed().fabric().netns(), resolver)) {
            assertThat(NameServer.ask(client, resolver, "www.example.net"))
                    .isEqualTo(NameServer.ANSWER);
            assertThat(upstream.askers()).as("asked from the pod").contains(client.ip());
            int asked = upstream.askers().size();
            assertThat(NameServer.ask(client, resolver, "web")).isEqualTo("10.96.7.1");
            assertThat(NameServer.ask(client, resolver, "api.example.com"))
                    .as("of another namespace, asked of istiod by name")
                    .isEqualTo("240.240.7.7");
            assertThat(upstream.askers()).as("not asked for names of the mesh").hasSize(asked);
            assertThat(metric("istio_on_demand_dns_total")).isPositive();
        }
        for (int i = 0; i < 500; i++) {
            assertThat(NameServer.ask(client, resolver, "web.default.svc.cluster.local"))
                    .isEqualTo("10.96.7.1");
        }
        assertThat(NameServer.ask(client, resolver, "www.example.net"))
                .as("the last answer, given again")
                .isEqualTo(NameServer.ANSWER);
        assertThat(NameServer.ask(client, resolver, "never.example.net")).isEqualTo("code 2");
    }

    @Test
    @DisplayName("on demand a connection to a service's address finds the service and its endpoint")
    void connectionsAskForWhatTheyNeed() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8080)) {
            Eventually.holds(
                    "a tunnel to the service's endpoint",
                    () ->
                            Talk.once(client, "10.96.7.1", 80, "hello").equals("hello")
                                    && mesh.process("ztunnel-n1")
                                            .logText()
                                            .contains("dst.hbone_addr=" + server.ip() + ":8080"));
            assertThat(Talk.once(client, server.ip(), 8080, "hello")).isEqualTo("hello");
            assertThat(app.clients()).containsOnly(client.ip());
        }
    }

    @Test
    @DisplayName("registry-only: only what the mesh knows, or a lookup of an allowed name gave")
    void onlyKnownNamesLeaveTheMesh() throws IOException {
        TestPod strict = mesh.pod(mesh.node1(), "strict", "caged", Map.of("app", "caged"));
        Eventually.holds(
                "caged is in the mesh", () -> mesh.cluster().redirection(strict).equals("enabled"));
        try (EchoApp app = new EchoApp(server.net(), 8090);
                NameServer upstream = new NameServer(mesh.bed().fabric().netns(), resolver)) {
            assertThat(Talk.once(strict, server.ip(), 8090, "hello")).isEqualTo("hello");
            assertThat(Talk.once(strict, NameServer.ANSWER, 443, "hello")).isEmpty();
            assertThat(mesh.process("ztunnel-n1").logText())
                    .contains("egress to " + NameServer.ANSWER + " refused");
            assertThat(metric("ambit_egress_refused_total")).isEqualTo(1);

            assertThat(NameServer.ask(strict, resolver, "www.example.org"))
                    .isEqualTo(NameServer.ANSWER);
            Talk.once(strict, NameServer.ANSWER, 443, "hello");
            assertThat(metric("ambit_egress_refused_total"))
                    .as("let through, though nobody is there")
                    .isEqualTo(1);
            assertThat(upstream.askers()).contains(strict.ip());
            assertThat(app.accepted()).isEqualTo(1);
        }
    }

    private static double metric(String name) {
        return TestMesh.get(mesh.node1().netns(), 15020, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
