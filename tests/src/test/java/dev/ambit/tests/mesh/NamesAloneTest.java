package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ENABLE_PROXY=false}: the DNS proxy alone. */
final class NamesAloneTest {

    @TempDir private static Path dir;

    private static TestMesh mesh;
    private static TestPod client;
    private static String resolver;

    @BeforeAll
    static void startTheMesh() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("NamesAloneTest");
        mesh = new TestMesh("names");
        resolver = mesh.bed().fabric().address();
        Path conf = Files.writeString(dir.resolve("resolv.conf"), "nameserver " + resolver + "\n");
        mesh.with("AMBIT_RESOLV_CONF", conf.toString()).with("ENABLE_PROXY", "false");
        mesh.cluster()
                .apply(
                        "web",
                        """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: web, namespace: default}
                        spec:
                          clusterIP: 10.96.7.1
                          clusterIPs: [10.96.7.1]
                          selector: {app: client}
                          ports: [{name: tcp, port: 80, targetPort: 8080}]
                        """);
        client = mesh.pod(mesh.node1(), "client");
        mesh.start().awaitEnrolled(client);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void namesAreAnsweredAndNothingIsCarried() throws IOException {
        assertThat(NameServer.ask(client, resolver, "web")).isEqualTo("10.96.7.1");
        for (int port : new int[] {15001, 15006, 15008}) {
            Assertions.assertThatThrownBy(
                            () -> client.net().connect("127.0.0.1", port, Duration.ofSeconds(5)))
                    .as("port " + port)
                    .isInstanceOf(ConnectException.class);
        }
        assertThat(
                        ConfigDump.of(TestMesh.get(mesh.node1().netns(), 15000, "/config_dump"))
                                .serials())
                .as("nobody needs a certificate")
                .isEmpty();
    }
}
