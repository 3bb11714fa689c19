package dev.ambit.ztunnel.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.config.EnvReader;
import dev.ambit.runtime.log.LogFilter;
import dev.ambit.runtime.log.Logging;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import dev.ambit.ztunnel.telemetry.Reports;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A collector that speaks gRPC, which is what exporters choose where nothing is said. */
@Timeout(60)
final class OtlpGrpcTest {

    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER);

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1");
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    @BeforeEach
    void writeNoAccessLog() {
        Logging.setFilter(LogFilter.parse("off"));
    }

    @AfterEach
    void restoreTheLog() {
        Logging.setFilter(LogFilter.INFO);
    }

    /** Bytes as they are: the messages are the exporter's business. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Every method of every service, answered alike. */
    private final class Everything extends HandlerRegistry {
        private final @Nullable Status refusal;

        Everything(@Nullable Status refusal) {
            this.refusal = refusal;
        }

        @Override
        public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
                String method, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> described =
                    MethodDescriptor.<byte[], byte[]>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName(method)
                            .setRequestMarshaller(new Bytes())
                            .setResponseMarshaller(new Bytes())
                            .build();
            String service = Objects.requireNonNull(described.getServiceName());
            ServerServiceDefinition plain =
                    ServerServiceDefinition.builder(service)
                            .addMethod(
                                    described,
                                    ServerCalls.asyncUnaryCall(
                                            (request, answer) -> {
                                                bodies.put(method, request);
                                                if (refusal != null) {
                                                    answer.onError(refusal.asException());
                                                } else {
                                                    answer.onNext(new byte[0]);
                                                    answer.onCompleted();
                                                }
                                            }))
                            .build();
            return ServerInterceptors.intercept(plain, new Tokens()).getMethod(method);
        }
    }

    private final class Tokens implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            tokens.put(
                    call.getMethodDescriptor().getFullMethodName(),
                    String.valueOf(headers.get(TOKEN)));
            return next.startCall(call, headers);
        }
    }

    private Server collector(@Nullable Status refusal) throws IOException {
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new Everything(refusal))
                .build()
                .start();
    }

    private static TelemetryConfig config(int port) {
        EnvReader reader =
                EnvReader.of(
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "http://127.0.0.1:" + port,
                                "OTEL_EXPORTER_OTLP_HEADERS",
                                "x-token=secret"));
        TelemetryConfig config = TelemetryConfig.read(reader);
        reader.finish();
        return config;
    }

    private void report(int port, ConnectionFailure failure) {
        TelemetryConfig config = config(port);
        TelemetryConfig.Export export = Objects.requireNonNull(config.export());
        Workload curl =
                Workload.builder("c//Pod/ns/curl", "curl-1", SpiffeId.of("td", "ns", "curl"))
                        .build();
        InetSocketAddress address = new InetSocketAddress("10.0.0.1", 1000);
        try (OtlpExport otlp = OtlpExport.start(export, registry, OtlpGrpcTest::thread)) {
            ConnectionMetrics metrics =
                    new ConnectionMetrics(
                            MetricsRegistry.of("ztunnel", "1"),
                            new Reports(config.rule(), otlp, config.sampling()));
            Peers peers =
                    new Peers(
                            Reporter.SOURCE,
                            curl,
                            new Peers.Claim(curl.identity(), Baggage.NONE),
                            null,
                            null,
                            true);
            ConnectionRecord.open(
                            metrics,
                            peers,
                            new ConnectionRecord.Addressing(address, address, null),
                            System.nanoTime())
                    .finish(failure);
            metrics.refused(
                    Reporter.DESTINATION, null, address, address, ConnectionFailure.SELF_CALL);
        }
    }

    private String metric(String name) {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElse("");
    }

    @Test
    void getsSpansAndLinesOfOpenAndOfEarlyRefusedConnections() throws Exception {
        Server server = collector(null);
        try {
            report(server.getPort(), ConnectionFailure.httpStatus(401));
        } finally {
            server.shutdownNow();
        }
        assertThat(bodies)
                .containsOnlyKeys(
                        "opentelemetry.proto.collector.trace.v1.TraceService/Export",
                        "opentelemetry.proto.collector.logs.v1.LogsService/Export");
        for (byte[] body : bodies.values()) {
            assertThat(new String(body, StandardCharsets.ISO_8859_1))
                    .contains("src.workload")
                    .contains("http status: 401 Unauthorized")
                    .contains("attempted recursive call to ourselves");
        }
        assertThat(tokens.values()).containsOnly("secret");
        assertThat(metric("ambit_otlp_exported_total{signal=\"traces\"}")).endsWith(" 2.0");
        assertThat(metric("ambit_otlp_exported_total{signal=\"logs\"}")).endsWith(" 2.0");
    }

    @Test
    void isCountedWhenItRefuses() throws Exception {
        Server server = collector(Status.PERMISSION_DENIED.withDescription("no"));
        try {
            report(server.getPort(), ConnectionFailure.DRAINED);
        } finally {
            server.shutdownNow();
        }
        assertThat(bodies).isNotEmpty();
        assertThat(metric("ambit_otlp_failed_total{signal=\"logs\"}")).endsWith(" 2.0");
        assertThat(metric("ambit_otlp_exported_total{signal=\"logs\"}")).isEmpty();
    }

    private static Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }
}
