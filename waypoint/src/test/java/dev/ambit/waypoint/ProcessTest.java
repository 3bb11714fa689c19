package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointCodec;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.AddressCodec;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The whole process against a control plane on loopback: ready, serving, dumped, drained. */
final class ProcessTest {

    /** Whom the fake authority signs for. */
    private static final SpiffeId OWN = SpiffeId.of("cluster.local", "default", "dedicated");

    private static final GatewayName GATEWAY = new GatewayName(OWN.namespace(), "waypoint");

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private final Map<String, Integer> ports = new HashMap<>();

    private Map<String, String> environment(FakeControlPlane control) throws IOException {
        Map<String, String> env = new HashMap<>();
        for (String port : List.of("HBONE", "ADMIN", "STATS", "READINESS")) {
            ports.put(port, freePort());
            env.put("AMBIT_" + port + "_PORT", ports.get(port).toString());
        }
        env.put("AMBIT_BIND_ADDRESS", "127.0.0.1");
        env.put("GATEWAY_NAME", "waypoint");
        env.put("POD_NAMESPACE", OWN.namespace());
        env.put("SERVICE_ACCOUNT", OWN.serviceAccount());
        env.put("POD_NAME", "waypoint-1");
        env.put("INSTANCE_IP", "127.0.0.1");
        env.put("XDS_ADDRESS", "https://localhost:" + control.port());
        env.put("CA_ADDRESS", "https://localhost:" + control.port());
        env.put("XDS_ROOT_CA", control.certificates().bundle().pem());
        env.put("CA_ROOT_CA", control.certificates().bundle().pem());
        env.put("AUTH_TOKEN", FakeControlPlane.TOKEN);
        env.put("CONNECTION_TERMINATION_DEADLINE", "2s");
        return env;
    }

    private HttpResponse<String> get(HttpClient client, String port, String path) throws Exception {
        return send(client, "GET", port, path);
    }

    private HttpResponse<String> send(HttpClient client, String method, String port, String path)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + ports.get(port) + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void tell(FakeControlPlane control, int appPort) {
        NetworkAddress vip = new NetworkAddress("", TestMesh.vip("reviews"));
        WaypointListener listener =
                new WaypointListener(GATEWAY, TrafficType.SERVICE, "waypoint", 15008);
        control.put(
                TypeUrls.WAYPOINT_LISTENER,
                listener.resourceName(),
                WaypointCodec.toProto(listener).toByteString());
        WaypointService service =
                new WaypointService(
                        TestMesh.host("reviews"),
                        List.of(GATEWAY),
                        List.of(vip),
                        List.of(
                                new ServicePort(
                                        TestMesh.PORT,
                                        TestMesh.PORT,
                                        "http",
                                        ServicePort.Protocol.HTTP11)));
        control.put(
                TypeUrls.WAYPOINT_SERVICE,
                service.resourceName(),
                WaypointCodec.toProto(service).toByteString());
        MeshAddress mesh =
                MeshService.builder(TestMesh.host("reviews"))
                        .name("reviews")
                        .vips(List.of(vip))
                        .ports(List.of(new Port(TestMesh.PORT, appPort, AppProtocol.UNKNOWN)))
                        .build();
        MeshAddress pod =
                Workload.builder("Kubernetes//Pod/shop/reviews-1", "reviews-1", TestMesh.CLIENT)
                        .addresses(List.of(IpAddress.parse("127.0.0.1")))
                        .services(
                                Map.of(
                                        TestMesh.host("reviews"),
                                        List.of(
                                                new Port(
                                                        TestMesh.PORT,
                                                        appPort,
                                                        AppProtocol.UNKNOWN))))
                        .build();
        for (MeshAddress each : List.of(mesh, pod)) {
            control.put(
                    TypeUrls.ADDRESS,
                    each.resourceName(),
                    AddressCodec.toProto(each).toByteString());
        }
    }

    @Test
    void becomesReadyServesTellsAndDrains() throws Exception {
        try (FakeControlPlane control = FakeControlPlane.start();
                EventLoops loops = TestLoops.start();
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                HttpDestination app = HttpDestination.named("v1");
                TestZtunnels ztunnels = new TestZtunnels(control.certificates())) {
            EnvReader env = EnvReader.of(environment(control));
            ControlPlaneConfig controlConfig = ControlPlaneConfig.read(env);
            WaypointConfig config = WaypointConfigReader.read(env);
            Drain drain = new Drain(config.process().drainDeadline());
            Lifecycle lifecycle = new Lifecycle("waypoint", drain);
            new Waypoint(config, controlConfig, loops, lifecycle, drain).start();
            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(lifecycle::run);
            tell(control, app.port());
            Eventually.holds(() -> ready(client));

            int port =
                    ztunnels.client(
                            TestMesh.CLIENT,
                            new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(), config.ports().hbone()),
                            OWN,
                            TestMesh.vip("reviews") + ":" + TestMesh.PORT);
            ports.put("APP", port);
            Eventually.holds(() -> answers(client));

            JsonNode dump =
                    new ObjectMapper().readTree(get(client, "ADMIN", "/config_dump").body());
            assertThat(dump.get("gateway").asText()).isEqualTo("default/waypoint");
            assertThat(dump.get("services").get(0).get("key").asText())
                    .isEqualTo("shop/reviews.shop.svc.cluster.local");
            assertThat(dump.get("certificates").get(0).get("state").asText())
                    .isEqualTo("Available");
            for (String path : List.of("/metrics", "/stats/prometheus")) {
                assertThat(get(client, "STATS", path).body())
                        .contains("istio_requests_total{")
                        .contains("istio_build{component=\"proxy\"");
            }

            badResource(control);
            assertThat(control.nextRejection().getErrorDetail().getMessage())
                    .contains("Service/shop/broken");
            assertThat(get(client, "APP", "/").body()).isEqualTo("v1");

            assertThat(send(client, "GET", "ADMIN", "/quitquitquit").statusCode()).isEqualTo(405);
            assertThat(send(client, "POST", "ADMIN", "/quitquitquit").statusCode()).isEqualTo(200);
            assertThat(exit.join()).isZero();
        }
    }

    private static void badResource(FakeControlPlane control) {
        control.put(
                TypeUrls.WAYPOINT_SERVICE,
                "Service/shop/broken",
                ByteString.copyFromUtf8("not a service"));
    }

    private boolean ready(HttpClient client) {
        try {
            return get(client, "READINESS", "/healthz/ready").statusCode() == 200;
        } catch (Exception e) {
            return false;
        }
    }

    private boolean answers(HttpClient client) {
        try {
            return get(client, "APP", "/").statusCode() == 200;
        } catch (Exception e) {
            return false;
        }
    }
}
