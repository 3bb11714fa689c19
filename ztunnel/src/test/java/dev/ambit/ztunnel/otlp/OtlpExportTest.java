package dev.ambit.ztunnel.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a collector gets, and what the data path does when there is none (M48). */
@Timeout(60)
final class OtlpExportTest {

    private static final Workload CURL =
            Workload.builder("c//Pod/ns/curl", "curl-1", SpiffeId.of("td", "ns", "curl")).build();
    private static final Workload WEB =
            Workload.builder("c//Pod/ns/web", "web-1", SpiffeId.of("td", "ns", "web")).build();

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1");
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    private record Call(String path, String token, String body) {}

    @BeforeEach
    void writeNoAccessLog() {
        Logging.setFilter(LogFilter.parse("off"));
    }

    @AfterEach
    void restoreTheLog() {
        Logging.setFilter(LogFilter.INFO);
    }

    private HttpServer collector() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    if ("gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))) {
                        body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
                    }
                    calls.add(
                            new Call(
                                    exchange.getRequestURI().getPath(),
                                    String.valueOf(
                                            exchange.getRequestHeaders().getFirst("x-token")),
                                    new String(body, StandardCharsets.ISO_8859_1)));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static TelemetryConfig config(int port, String... more) {
        Map<String, String> env = new TreeMap<>();
        env.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port);
        env.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        env.put("OTEL_EXPORTER_OTLP_HEADERS", "x-token=a%20b");
        env.put("OTEL_RESOURCE_ATTRIBUTES", "k8s.node.name=n1");
        for (int i = 0; i < more.length; i += 2) {
            env.put(more[i], more[i + 1]);
        }
        EnvReader reader = EnvReader.of(env);
        TelemetryConfig config = TelemetryConfig.read(reader);
        reader.finish();
        return config;
    }

    private ConnectionRecord open(Reports reports, Reporter reporter) {
        InetSocketAddress address = new InetSocketAddress("10.0.0.1", 1000);
        return ConnectionRecord.open(
                new ConnectionMetrics(MetricsRegistry.of("ztunnel", "1"), reports),
                new Peers(
                        reporter,
                        CURL,
                        new Peers.Claim(CURL.identity(), Baggage.NONE),
                        WEB,
                        null,
                        true),
                new ConnectionRecord.Addressing(address, address, null),
                System.nanoTime());
    }

    private String metric(String name) {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElse("");
    }

    @Test
    void tellsTheCollectorOfBothEndsInOneTrace() throws Exception {
        HttpServer server = collector();
        TelemetryConfig config = config(server.getAddress().getPort());
        TelemetryConfig.Export export = java.util.Objects.requireNonNull(config.export());
        String traceparent;
        try (OtlpExport otlp = OtlpExport.start(export, registry, OtlpExportTest::thread)) {
            Reports reports = new Reports(config.rule(), otlp, config.sampling());
            ConnectionRecord client = open(reports, Reporter.SOURCE);
            traceparent = String.valueOf(client.traceparent());
            ConnectionRecord there = open(reports, Reporter.DESTINATION);
            there.continues(traceparent);
            there.finish(null);
            client.finish(ConnectionFailure.httpStatus(401));
        }
        server.stop(0);

        assertThat(traceparent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        Map<String, Call> byPath = new TreeMap<>();
        calls.forEach(call -> byPath.put(call.path(), call));
        assertThat(byPath).containsOnlyKeys("/v1/traces", "/v1/logs");
        byte[] trace = java.util.HexFormat.of().parseHex(traceparent.substring(3, 35));
        byte[] span = java.util.HexFormat.of().parseHex(traceparent.substring(36, 52));
        for (Call call : byPath.values()) {
            assertThat(call.token()).isEqualTo("a b");
            assertThat(call.body())
                    .contains("k8s.node.name")
                    .contains("src.workload")
                    .contains("http status: 401 Unauthorized")
                    .contains(new String(trace, StandardCharsets.ISO_8859_1))
                    .contains(new String(span, StandardCharsets.ISO_8859_1));
        }
        assertThat(metric("ambit_otlp_exported_total{signal=\"traces\"}")).endsWith(" 2.0");
        assertThat(metric("ambit_otlp_exported_total{signal=\"logs\"}")).endsWith(" 2.0");
        assertThat(metric("ambit_otlp_dropped_total")).endsWith(" 0.0");
    }

    @Test
    void sendsNoSpansOfWhatIsNotSampled() throws Exception {
        HttpServer server = collector();
        TelemetryConfig config =
                config(server.getAddress().getPort(), "OTEL_TRACES_SAMPLER", "always_off");
        TelemetryConfig.Export export = java.util.Objects.requireNonNull(config.export());
        try (OtlpExport otlp = OtlpExport.start(export, registry, OtlpExportTest::thread)) {
            ConnectionRecord record =
                    open(new Reports(config.rule(), otlp, config.sampling()), Reporter.SOURCE);
            assertThat(record.traceparent()).endsWith("-00");
            record.finish(null);
        }
        server.stop(0);
        assertThat(calls).extracting(Call::path).containsExactly("/v1/logs");
    }

    /** M48: a collector that accepts and never answers costs the data path nothing but counts. */
    @Test
    void dropsAndCountsWhileTheCollectorIsStuck() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(
                    () -> {
                        try {
                            while (true) {
                                silent.accept();
                                connected.countDown();
                            }
                        } catch (IOException closed) {
                            // the test is over
                        }
                    });
            TelemetryConfig config =
                    config(
                            silent.getLocalPort(),
                            "AMBIT_OTLP_QUEUE",
                            "10",
                            "OTEL_EXPORTER_OTLP_TIMEOUT",
                            "2000");
            TelemetryConfig.Export export = java.util.Objects.requireNonNull(config.export());
            try (OtlpExport otlp = OtlpExport.start(export, registry, OtlpExportTest::thread)) {
                Reports reports = new Reports(config.rule(), otlp, config.sampling());
                open(reports, Reporter.SOURCE).finish(null);
                connected.await();
                for (int i = 0; i < 30; i++) {
                    open(reports, Reporter.SOURCE).finish(null);
                }
                assertThat(metric("ambit_otlp_dropped_total")).endsWith(" 20.0");
            }
        }
        assertThat(metric("ambit_otlp_failed_total{signal=\"logs\"}")).isNotEmpty();
    }

    @Test
    void refusesVariablesItCannotFollow() {
        assertThatThrownBy(() -> config(1, "OTEL_EXPORTER_OTLP_PROTOCOL", "thrift"))
                .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL");
        assertThatThrownBy(() -> config(1, "OTEL_EXPORTER_OTLP_HEADERS", "secret"))
                .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> config(1, "AMBIT_ACCESS_LOG_FILTER", "response.code > 1"))
                .hasMessageContaining("response.code is not known of a connection");
        assertThatThrownBy(() -> config(1, "AMBIT_ACCESS_LOG_SAMPLING", "2"))
                .hasMessageContaining("0 to 1");
        assertThat(TelemetryConfig.read(EnvReader.of(Map.of())).export()).isNull();
    }

    private static Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }
}
