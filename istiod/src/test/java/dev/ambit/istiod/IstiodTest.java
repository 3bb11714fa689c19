package dev.ambit.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.TypeUrls;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.AuthorizationCodec;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Node;
import dev.ambit.api.proto.discovery.Resource;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.workload.AddressCodec;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.testing.TestMesh;
import dev.ambit.istiod.xds.DeltaDiscovery;
import dev.ambit.runtime.lifecycle.Drain;
import dev.ambit.runtime.lifecycle.Lifecycle;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole process on loopback: from files to what a proxy reads from its stream, over TLS with a
 * token, through the codec of the proxies' own library.
 */
@Timeout(120)
final class IstiodTest {
    private static final String MESH =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {clusterIP: 10.96.0.1, selector: {app: reviews}, ports: [{port: 80, targetPort: 9080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: r1, namespace: shop, labels: {app: reviews}}
            spec: {nodeName: n1, serviceAccountName: reviews}
            status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: p, namespace: shop}
            spec: {rules: [{from: [{source: {namespaces: [front]}}]}]}
            """;

    @TempDir Path dir;
    private EventLoops loops;
    private Lifecycle lifecycle;
    private Istiod istiod;
    private final List<ManagedChannel> channels = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Files.createDirectory(dir.resolve("m"));
        Files.writeString(dir.resolve("m/mesh.yaml"), MESH);
        Files.writeString(dir.resolve("tokens.yaml"), "- {token: secret, node: n1}\n");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        IstiodConfig config =
                new IstiodConfig(
                        new IstiodConfig.ObjectsFrom.Directory(
                                dir.resolve("m"), Optional.of(dir.resolve("r"))),
                        Optional.of(dir.resolve("tokens.yaml")),
                        dir.resolve("ca"),
                        dir.resolve("cacerts"),
                        List.of("localhost"),
                        new IstiodConfig.Ports(Optional.of(any), any, any, any),
                        MeshSettings.DEFAULT,
                        MeshLoop.Debounce.DEFAULT,
                        Duration.ofSeconds(1),
                        false);
        loops = TestLoops.start(TestLoops.transports().getFirst(), 2);
        lifecycle = new Lifecycle("istiod", new Drain(Duration.ofSeconds(1)));
        istiod = new Istiod(config, loops, lifecycle);
        istiod.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedChannel channel : channels) {
            assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        lifecycle.requestStop("test");
        assertThat(lifecycle.run()).isZero();
        loops.close();
    }

    /** A proxy that acknowledges everything and keeps what it was told. */
    private static final class Proxy implements StreamObserver<DeltaDiscoveryResponse> {
        private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();
        private final StreamObserver<DeltaDiscoveryRequest> requests;
        private final Map<String, Resource> held = new TreeMap<>();

        Proxy(ManagedChannel channel) {
            requests =
                    ClientCalls.asyncBidiStreamingCall(
                            channel.newCall(DeltaDiscovery.METHOD, CallOptions.DEFAULT), this);
        }

        void watch(String type) {
            requests.onNext(
                    DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl(type)
                            .setNode(
                                    Node.newBuilder()
                                            .setId("ztunnel~1.1.1.1~z.sys~sys.svc.cluster.local"))
                            .build());
        }

        /** The next response, taken and acknowledged. */
        DeltaDiscoveryResponse next() throws InterruptedException {
            Object event = events.poll(60, TimeUnit.SECONDS);
            if (!(event instanceof DeltaDiscoveryResponse response)) {
                throw new AssertionError("expected a response, got " + event);
            }
            response.getResourcesList().forEach(r -> held.put(r.getName(), r));
            response.getRemovedResourcesList().forEach(held::remove);
            requests.onNext(
                    DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl(response.getTypeUrl())
                            .setResponseNonce(response.getNonce())
                            .build());
            return response;
        }

        Map<String, MeshAddress> addresses() throws Exception {
            Map<String, MeshAddress> decoded = new TreeMap<>();
            for (Resource r : held.values()) {
                decoded.put(
                        r.getName(),
                        AddressCodec.fromProto(Address.parseFrom(r.getResource().getValue())));
            }
            return decoded;
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            events.add(response);
        }

        @Override
        public void onError(Throwable t) {
            events.add(Status.fromThrowable(t).getCode());
        }

        @Override
        public void onCompleted() {
            events.add(Status.Code.OK);
        }
    }

    private int port(String name) {
        return java.util.Objects.requireNonNull(istiod.ports().get(name), name);
    }

    private ManagedChannel secure(String token) throws Exception {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + token);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", port("secure"))
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(dir.resolve("root-cert.pem").toFile())
                                        .build())
                        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .build();
        channels.add(channel);
        return channel;
    }

    @Test
    void aProxyGetsTheRecordsThatTheManifestsMean() throws Exception {
        TestMesh expected = new TestMesh().apply(MESH);
        Proxy proxy = new Proxy(secure("secret"));
        proxy.watch(TypeUrls.ADDRESS);
        proxy.next();
        Map<String, MeshAddress> addresses = new TreeMap<>();
        expected.ambient().workloads().entries().values().forEach(w -> addresses.put(w.uid(), w));
        expected.ambient()
                .services()
                .entries()
                .values()
                .forEach(s -> addresses.put(s.resourceName(), s));
        assertThat(proxy.addresses()).isEqualTo(addresses).hasSize(2);

        proxy.held.clear();
        proxy.watch(TypeUrls.AUTHORIZATION);
        DeltaDiscoveryResponse policies = proxy.next();
        Authorization policy =
                AuthorizationCodec.fromProto(
                        dev.ambit.api.proto.security.Authorization.parseFrom(
                                policies.getResources(0).getResource().getValue()));
        assertThat(Map.of(policy.key(), policy)).isEqualTo(expected.policies());
    }

    /** Edited, broken, mended, removed: the proxy hears of what changed and of nothing else. */
    @Test
    void editsReachTheProxyAsTheyAreMade() throws Exception {
        Proxy proxy = new Proxy(secure("secret"));
        proxy.watch(TypeUrls.ADDRESS);
        proxy.next();
        Path file = dir.resolve("m/mesh.yaml");

        Files.writeString(file, MESH.replace("\"True\"", "\"False\""));
        assertThat(names(proxy.next())).isEqualTo("[Kubernetes//Pod/shop/r1] []");

        Files.writeString(file, MESH + "  broken\n");
        Files.createDirectories(dir.resolve("r/kubelet"));
        Files.writeString(
                dir.resolve("r/kubelet/more.yaml"),
                MESH.substring(MESH.indexOf("---")).replace("r1", "r2"));
        assertThat(names(proxy.next())).isEqualTo("[Kubernetes//Pod/shop/r2] []");
        assertThat(page("/debug/manifests")).contains("AMB1401").contains("mesh.yaml:");

        Files.writeString(file, MESH);
        assertThat(names(proxy.next())).isEqualTo("[Kubernetes//Pod/shop/r1] []");
        Files.delete(dir.resolve("r/kubelet/more.yaml"));
        assertThat(names(proxy.next())).isEqualTo("[] [Kubernetes//Pod/shop/r2]");
        assertThat(page("/debug/manifests")).doesNotContain("AMB14");
        assertThat(page("/debug/syncz")).contains("\"proxy\" : \"z.sys\"");
    }

    private static String names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).sorted().toList()
                + " "
                + response.getRemovedResourcesList();
    }

    @Test
    void aStreamWithoutAGoodTokenIsRefused() throws Exception {
        Proxy proxy = new Proxy(secure("wrong"));
        proxy.watch(TypeUrls.ADDRESS);
        assertThat(proxy.events.poll(60, TimeUnit.SECONDS)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void thePlaintextPortOfThisMachineAsksForNothing() throws Exception {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", port("plaintext"))
                        .usePlaintext()
                        .build();
        channels.add(channel);
        Proxy proxy = new Proxy(channel);
        proxy.watch(TypeUrls.ADDRESS);
        assertThat(proxy.next().getResourcesCount()).isEqualTo(2);
    }

    @Test
    void pagesAndMetricsAnswer() throws Exception {
        assertThat(page("/ready")).isEqualTo("ready\n");
        assertThat(page("/version")).matches("\\d+\\.\\d+\\.\\d+\n");
        for (String name :
                List.of(
                        "adsz",
                        "ambientz",
                        "configz",
                        "connections",
                        "krtz",
                        "list",
                        "manifests",
                        "registryz",
                        "syncz")) {
            assertThat(page("/debug/" + name)).as(name).matches("(?s)[\\[{].*[]}]\n");
        }
        assertThat(get("monitoring", "/metrics"))
                .contains("pilot_info{version=")
                .contains("istio_build{component=\"pilot\"")
                .contains("citadel_server_root_cert_expiry_seconds");
    }

    private String page(String path) throws Exception {
        return get("http", path);
    }

    private String get(String portName, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://localhost:" + port(portName) + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            return response.body();
        }
    }
}
