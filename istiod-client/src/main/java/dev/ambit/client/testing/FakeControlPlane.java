package dev.ambit.client.testing;

import com.google.protobuf.ByteString;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.client.channel.ChannelConfig;
import dev.ambit.client.channel.ChannelConfig.Identification;
import dev.ambit.client.channel.RootSource;
import dev.ambit.client.channel.TokenSource;
import dev.ambit.identity.ca.ServerCertificate;
import dev.ambit.identity.testing.TestCertificates;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A control plane on loopback, for tests: resources put here reach every stream that wants them,
 * and certificates are signed for whoever is asked for. Thread-safe.
 */
public final class FakeControlPlane implements AutoCloseable {

    /** The token its CA wants. */
    public static final String TOKEN = "test-token";

    private final TestCertificates certificates;
    private final FakeDiscovery discovery = new FakeDiscovery();
    private final FakeCa ca;
    private final HeaderRecorder headers = new HeaderRecorder();
    private final Server server;

    private FakeControlPlane(TestCertificates certificates, int port) {
        this.certificates = certificates;
        this.ca = new FakeCa(certificates);
        ServerCertificate own =
                certificates.authority().server(List.of("localhost"), Duration.ofHours(1));
        try {
            this.server =
                    NettyServerBuilder.forAddress(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                            .sslContext(
                                    GrpcSslContexts.configure(
                                                    SslContextBuilder.forServer(
                                                            own.key(),
                                                            own.chain()
                                                                    .toArray(
                                                                            X509Certificate[]
                                                                                    ::new)),
                                                    SslProvider.OPENSSL)
                                            .build())
                            .addService(ServerInterceptors.intercept(discovery.service(), headers))
                            .addService(ServerInterceptors.intercept(ca.service(), headers))
                            .build()
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("fake control plane cannot listen", e);
        }
    }

    /** On a free port, with an authority of its own. */
    public static FakeControlPlane start() {
        return new FakeControlPlane(new TestCertificates(), 0);
    }

    /** With a given authority on a given port, as after a restart. */
    public static FakeControlPlane start(TestCertificates certificates, int port) {
        return new FakeControlPlane(certificates, port);
    }

    public int port() {
        return server.getPort();
    }

    public TestCertificates certificates() {
        return certificates;
    }

    /** How a client reaches both services. */
    public ChannelConfig config() {
        return ChannelConfig.to(
                "https://localhost:" + port(),
                new RootSource.Inline(certificates.bundle().pem()),
                Optional.empty(),
                new Identification(new TokenSource.Literal(TOKEN), "Kubernetes", Map.of()));
    }

    /** Adds or changes a resource and pushes it; the version is the hash of the bytes. */
    public void put(String typeUrl, String name, ByteString value) {
        discovery.put(typeUrl, Map.of(name, value));
    }

    /** Several in one response. */
    public void put(String typeUrl, Map<String, ByteString> values) {
        discovery.put(typeUrl, values);
    }

    public void remove(String typeUrl, String name) {
        discovery.remove(typeUrl, name);
    }

    /** The next request not taken yet; fails the test after ten seconds. */
    public DeltaDiscoveryRequest nextRequest() {
        return discovery.nextRequest();
    }

    /** The next refusal (NACK), skipping everything else; fails the test after ten seconds. */
    public DeltaDiscoveryRequest nextRejection() {
        DeltaDiscoveryRequest request = nextRequest();
        while (!request.hasErrorDetail()) {
            request = nextRequest();
        }
        return request;
    }

    /** Ends every stream with a status, as a restart of istiod does. */
    public void endStreams(io.grpc.Status status) {
        discovery.endStreams(status);
    }

    /** From now on the CA refuses with this text; empty makes it sign again. */
    public void refuseCertificates(String reason) {
        ca.refuse(reason);
    }

    /** A header of the last call, empty if it had none of the name. */
    public String lastHeader(String name) {
        return headers.last(name);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
