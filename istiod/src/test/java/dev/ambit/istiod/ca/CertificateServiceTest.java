package dev.ambit.istiod.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.api.proto.citadel.IstioCertificateRequest;
import dev.ambit.api.proto.citadel.IstioCertificateResponse;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.metrics.MetricsRegistry;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests over TLS on loopback: who gets which certificate. */
final class CertificateServiceTest {

    private static final SpiffeId CURL = SpiffeId.of("cluster.local", "default", "curl");

    @TempDir Path directory;

    private final TestCertificates certificates = new TestCertificates();
    private final MetricsRegistry registry = MetricsRegistry.of("istiod", "test");
    private Server server;
    private CaMetrics metrics;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(
                directory.resolve("tokens.yaml"),
                """
                - token: of-node-a
                  node: node-a
                - {token: "of-waypoint", namespace: default, serviceAccount: waypoint}
                """);
        metrics = CaMetrics.register(registry, certificates.authority(), Clock.systemUTC());
        CallerAuthenticator authenticator =
                new FirstKnown(
                        List.of(
                                new TokenFile(directory.resolve("tokens.yaml")),
                                new ClientCertificateAuthenticator(
                                        certificates::bundle,
                                        TrustDomain.CLUSTER_LOCAL,
                                        Clock.systemUTC())));
        NodeAuthorizer authorizer =
                new NodeAuthorizer(
                        TrustDomain.CLUSTER_LOCAL,
                        (node, namespace, account) ->
                                CompletableFuture.completedFuture(
                                        node.equals("node-a")
                                                && namespace.equals("default")
                                                && account.equals("curl")));
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sslContext(
                                IstiodTls.server(
                                        certificates.authority(),
                                        List.of("localhost", "127.0.0.1"),
                                        Clock.systemUTC()))
                        .addService(
                                new CertificateService(
                                        certificates.authority(),
                                        authenticator,
                                        authorizer,
                                        metrics,
                                        Runnable::run,
                                        Clock.systemUTC()))
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void aNodeGetsTheIdentityOfAPodOnIt() throws Exception {
        SigningRequest request = SigningRequest.create(CURL);
        List<String> elements = ask("of-node-a", request, CURL.uri(), 3600);
        WorkloadCertificate certificate = WorkloadCertificate.of(CURL, request.key(), elements);
        assertThat(certificate.notAfter())
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(55)),
                        Instant.now().plus(Duration.ofMinutes(61)));
        assertThat(metrics.issued.cell().value()).isEqualTo(1);
    }

    @Test
    void aNodeDoesNotGetTheIdentityOfAPodElsewhere() {
        SpiffeId other = SpiffeId.of("cluster.local", "default", "httpbin");
        refused("of-node-a", other.uri());
        refused("of-node-a", "spiffe://elsewhere.test/ns/default/sa/curl");
        refused("of-node-a", CURL.uri() + "/");
        refused("of-node-a", "");
        assertThat(metrics.unauthenticated.cell().value()).isEqualTo(4);
    }

    @Test
    void aNodeHasToSayWhatItWants() {
        refused("of-node-a", null);
    }

    @Test
    void anAccountGetsItsOwnIdentityAndNoOther() throws Exception {
        SpiffeId own = SpiffeId.of("cluster.local", "default", "waypoint");
        // The request asks for another name; what counts is the caller.
        SigningRequest request = SigningRequest.create(CURL);
        List<String> elements = ask("of-waypoint", request, null, 0);
        assertThat(WorkloadCertificate.of(own, request.key(), elements).id()).isEqualTo(own);
        refused("of-waypoint", CURL.uri());
        refused("of-waypoint", own.uri());
    }

    @Test
    void nobodyGetsNothing() {
        refused("stolen", CURL.uri());
        refused(null, CURL.uri());
    }

    @Test
    void anIssuedCertificateRenewsItself() throws Exception {
        WorkloadCertificate own = certificates.workload(CURL);
        SigningRequest request = SigningRequest.create(CURL);
        List<String> elements = ask(own, null, request, null, 0);
        assertThat(WorkloadCertificate.of(CURL, request.key(), elements).id()).isEqualTo(CURL);
    }

    @Test
    void aNewTokenWorksOnceItIsWritten() throws Exception {
        refused("fresh", CURL.uri());
        Files.writeString(directory.resolve("tokens.yaml"), "[{token: fresh, node: node-a}]\n");
        ask("fresh", SigningRequest.create(CURL), CURL.uri(), 60);
        refused("of-node-a", CURL.uri());
        Files.writeString(directory.resolve("tokens.yaml"), "[{token: broken, nod");
        ask("fresh", SigningRequest.create(CURL), CURL.uri(), 60);
    }

    @Test
    void badRequestsAreRefusedWithAReason() {
        assertThatThrownBy(() -> call("of-node-a", null, request("no csr", CURL.uri(), 60)))
                .hasMessageContaining("INVALID_ARGUMENT: CSR signing error: CSR: ");
        SigningRequest good = SigningRequest.create(CURL);
        for (long ttl : new long[] {-1, Duration.ofDays(90).toSeconds() + 1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> ask("of-node-a", good, CURL.uri(), ttl))
                    .hasMessageContaining("INVALID_ARGUMENT: CSR signing error: certificate TTL");
        }
    }

    private void refused(@Nullable String token, @Nullable String id) {
        assertThatThrownBy(() -> ask(token, SigningRequest.create(CURL), id, 60))
                .hasMessage("UNAUTHENTICATED: request authenticate failure");
    }

    private List<String> ask(
            @Nullable String token, SigningRequest request, @Nullable String id, long ttl)
            throws Exception {
        return ask(null, token, request, id, ttl);
    }

    private List<String> ask(
            @Nullable WorkloadCertificate shown,
            @Nullable String token,
            SigningRequest request,
            @Nullable String id,
            long ttl)
            throws Exception {
        return call(token, shown, request(request.csrPem(), id, ttl)).getCertChainList();
    }

    private static IstioCertificateRequest request(String csr, @Nullable String id, long ttl) {
        IstioCertificateRequest.Builder request =
                IstioCertificateRequest.newBuilder().setCsr(csr).setValidityDuration(ttl);
        if (id != null) {
            request.setMetadata(
                    Struct.newBuilder()
                            .putFields(
                                    "ImpersonatedIdentity",
                                    Value.newBuilder().setStringValue(id).build()));
        }
        return request.build();
    }

    private IstioCertificateResponse call(
            @Nullable String token,
            @Nullable WorkloadCertificate shown,
            IstioCertificateRequest request)
            throws Exception {
        SslContextBuilder tls =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
                        .trustManager(
                                new ByteArrayInputStream(
                                        certificates
                                                .bundle()
                                                .pem()
                                                .getBytes(StandardCharsets.US_ASCII)));
        if (shown != null) {
            tls.keyManager(shown.key(), shown.chain().toArray(X509Certificate[]::new));
        }
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", server.getPort())
                        .sslContext(tls.build())
                        .build();
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    "Bearer " + token);
        }
        try {
            return ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(
                            channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                    method(),
                    CallOptions.DEFAULT,
                    request);
        } finally {
            channel.shutdownNow();
        }
    }

    @SuppressWarnings("unchecked")
    private MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> method() {
        return (MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse>)
                server.getServices()
                        .getFirst()
                        .getMethods()
                        .iterator()
                        .next()
                        .getMethodDescriptor();
    }
}
