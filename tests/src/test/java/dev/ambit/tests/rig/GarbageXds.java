package dev.ambit.tests.rig;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Resource;
import dev.ambit.client.ads.DeltaDiscovery;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.PlugInDirectory;
import dev.ambit.identity.ca.ServerCertificate;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A program: an istiod that has a good certificate and nothing sensible to say. Not one of its
 * resources can be understood, so a proxy must refuse them all and keep what it has.
 */
public final class GarbageXds {

    private static final int PORT = 15012;
    private static final int RESOURCES = 20;

    private final Random random;

    private GarbageXds(long seed) {
        this.random = new Random(seed);
    }

    /** Arguments: the CA's directory, a seed. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        GarbageXds garbage = new GarbageXds(Long.parseLong(arguments[1]));
        CertificateAuthority authority =
                new CertificateAuthority(
                        new PlugInDirectory(Path.of(arguments[0]), Clock.systemUTC()).read(),
                        Clock.systemUTC());
        ServerCertificate own =
                authority.server(List.of("istiod.istio-system.svc"), Duration.ofHours(1));
        io.grpc.Server server =
                NettyServerBuilder.forPort(PORT)
                        .sslContext(
                                GrpcSslContexts.configure(
                                                SslContextBuilder.forServer(
                                                        own.key(),
                                                        own.chain()
                                                                .toArray(X509Certificate[]::new)),
                                                SslProvider.OPENSSL)
                                        .build())
                        .addService(garbage.service())
                        .build()
                        .start();
        say("serving");
        server.awaitTermination();
    }

    private static void say(String what) {
        System.out.println(what);
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(DeltaDiscovery.SERVICE)
                .addMethod(DeltaDiscovery.METHOD, ServerCalls.asyncBidiStreamingCall(this::open))
                .build();
    }

    private StreamObserver<DeltaDiscoveryRequest> open(
            StreamObserver<DeltaDiscoveryResponse> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                if (request.hasErrorDetail()) {
                    say("refused by a proxy: " + request.getErrorDetail().getMessage());
                }
                if (request.getResponseNonce().isEmpty()) {
                    answers.onNext(nonsense(request.getTypeUrl()));
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private synchronized DeltaDiscoveryResponse nonsense(String type) {
        DeltaDiscoveryResponse.Builder all =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(type).setNonce("nonsense");
        for (int i = 0; i < RESOURCES; i++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            // A field that promises more bytes than follow: never a whole message.
            bytes[0] = 0x0a;
            if (bytes.length > 1) {
                bytes[1] = (byte) 127;
            }
            ByteString value = ByteString.copyFrom(bytes, 0, Math.min(bytes.length, 100));
            all.addResources(
                    Resource.newBuilder()
                            .setName("nonsense-" + i)
                            .setVersion(Integer.toString(i))
                            .setResource(
                                    Any.newBuilder()
                                            .setTypeUrl(i % 5 == 4 ? "type.of/nothing" : type)
                                            .setValue(value)));
        }
        return all.build();
    }
}
