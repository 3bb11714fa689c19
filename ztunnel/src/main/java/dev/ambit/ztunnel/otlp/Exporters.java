package dev.ambit.ztunnel.otlp;

import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry's exporters for a configuration: two signals in two protocols. */
record Exporters(TelemetryConfig.Export config) {

    @Nullable SpanExporter spans() {
        String endpoint = config.traces();
        if (endpoint == null) {
            return null;
        }
        byte[] roots = roots();
        if (config.grpc()) {
            OtlpGrpcSpanExporterBuilder b =
                    OtlpGrpcSpanExporter.builder()
                            .setEndpoint(endpoint)
                            .setTimeout(config.timeout())
                            .setHeaders(config::headers);
            return (roots == null ? b : b.setTrustedCertificates(roots)).build();
        }
        OtlpHttpSpanExporterBuilder b =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(endpoint)
                        .setTimeout(config.timeout())
                        .setHeaders(config::headers);
        return (roots == null ? b : b.setTrustedCertificates(roots)).build();
    }

    @Nullable LogRecordExporter logs() {
        String endpoint = config.logs();
        if (endpoint == null) {
            return null;
        }
        byte[] roots = roots();
        if (config.grpc()) {
            OtlpGrpcLogRecordExporterBuilder b =
                    OtlpGrpcLogRecordExporter.builder()
                            .setEndpoint(endpoint)
                            .setTimeout(config.timeout())
                            .setHeaders(config::headers);
            return (roots == null ? b : b.setTrustedCertificates(roots)).build();
        }
        OtlpHttpLogRecordExporterBuilder b =
                OtlpHttpLogRecordExporter.builder()
                        .setEndpoint(endpoint)
                        .setTimeout(config.timeout())
                        .setHeaders(config::headers);
        return (roots == null ? b : b.setTrustedCertificates(roots)).build();
    }

    private byte @Nullable [] roots() {
        String file = config.certificate();
        if (file == null) {
            return null;
        }
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "AMB1202 roots of the collector not readable / OTEL_EXPORTER_OTLP_CERTIFICATE / "
                            + file
                            + ": "
                            + e.getMessage()
                            + " / name a readable PEM file, or unset it",
                    e);
        }
    }
}
