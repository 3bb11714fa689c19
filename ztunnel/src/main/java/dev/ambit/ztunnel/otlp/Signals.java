package dev.ambit.ztunnel.otlp;

import dev.ambit.ztunnel.telemetry.Addresses;
import dev.ambit.ztunnel.telemetry.ConnectionSink.Report;
import dev.ambit.ztunnel.telemetry.Reporter;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import dev.ambit.ztunnel.telemetry.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns ends of connections into spans and log records, and sends them. Confined to the exporting
 * thread but for {@link #close}.
 */
final class Signals implements AutoCloseable {

    private static final String SCOPE = "dev.ambit.ztunnel";

    private final @Nullable SpanExporter spanExporter;
    private final @Nullable LogRecordExporter logExporter;
    private final Duration timeout;
    private final String target;

    /** What the SDK has made of the batch in hand. */
    private final List<SpanData> spans = new ArrayList<>();

    private final List<LogRecordData> logs = new ArrayList<>();
    private final GivenIds ids = new GivenIds();
    private final SdkTracerProvider tracers;
    private final SdkLoggerProvider loggers;

    /** A call under way with so many records. */
    record Sent(CompletableResultCode result, int records) {
        static final Sent NOTHING = new Sent(CompletableResultCode.ofSuccess(), 0);
    }

    private Signals(
            TelemetryConfig.Export config,
            @Nullable SpanExporter spanExporter,
            @Nullable LogRecordExporter logExporter) {
        this.spanExporter = spanExporter;
        this.logExporter = logExporter;
        this.timeout = config.timeout();
        this.target = String.valueOf(config.logs() == null ? config.traces() : config.logs());
        AttributesBuilder attributes = Attributes.builder().put("service.name", config.service());
        config.attributes().forEach(attributes::put);
        Resource resource = Resource.create(attributes.build());
        tracers =
                SdkTracerProvider.builder()
                        .setResource(resource)
                        .setSampler(Sampler.alwaysOn())
                        .setIdGenerator(ids)
                        .addSpanProcessor(new Collectors.Spans(spans))
                        .build();
        loggers =
                SdkLoggerProvider.builder()
                        .setResource(resource)
                        .addLogRecordProcessor(new Collectors.Logs(logs))
                        .build();
    }

    static Signals of(TelemetryConfig.Export config) {
        Exporters exporters = new Exporters(config);
        return new Signals(config, exporters.spans(), exporters.logs());
    }

    Duration timeout() {
        return timeout;
    }

    String target() {
        return target;
    }

    /** Sends the spans of those that are sampled. */
    Sent spans(List<Report> batch) {
        if (spanExporter == null) {
            return Sent.NOTHING;
        }
        batch.stream().filter(r -> r.trace().sampled()).forEach(this::span);
        List<SpanData> made = List.copyOf(spans);
        spans.clear();
        return made.isEmpty() ? Sent.NOTHING : new Sent(spanExporter.export(made), made.size());
    }

    private void span(Report report) {
        TraceContext trace = report.trace();
        ids.next(trace);
        Span span =
                tracers.get(SCOPE)
                        .spanBuilder("tcp connection")
                        .setParent(parent(trace))
                        .setSpanKind(
                                report.reporter() == Reporter.SOURCE
                                        ? SpanKind.CLIENT
                                        : SpanKind.SERVER)
                        .setAllAttributes(attributes(report.fields()))
                        .setStartTimestamp(report.start())
                        .startSpan();
        if (report.failed()) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(report.end());
    }

    private static Context parent(TraceContext trace) {
        String parent = trace.parentId();
        return parent == null ? Context.root() : Context.root().with(wrapped(trace, parent));
    }

    private static Span wrapped(TraceContext trace, String spanId) {
        return Span.wrap(
                SpanContext.createFromRemoteParent(
                        trace.traceId(),
                        spanId,
                        trace.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                        TraceState.getDefault()));
    }

    /** Sends the lines that are wanted. */
    Sent logs(List<Report> batch) {
        if (logExporter == null) {
            return Sent.NOTHING;
        }
        batch.stream().filter(Report::log).forEach(this::log);
        List<LogRecordData> made = List.copyOf(logs);
        logs.clear();
        return made.isEmpty() ? Sent.NOTHING : new Sent(logExporter.export(made), made.size());
    }

    private void log(Report report) {
        loggers.get(SCOPE)
                .logRecordBuilder()
                .setContext(Context.root().with(wrapped(report.trace(), report.trace().spanId())))
                .setTimestamp(report.end())
                .setSeverity(report.failed() ? Severity.ERROR : Severity.INFO)
                .setSeverityText(report.failed() ? "error" : "info")
                .setBody(report.message())
                .setAllAttributes(attributes(report.fields()))
                .emit();
    }

    private static Attributes attributes(List<Object> fields) {
        AttributesBuilder attributes = Attributes.builder();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            String key = String.valueOf(fields.get(i));
            switch (fields.get(i + 1)) {
                case Long number -> attributes.put(AttributeKey.longKey(key), number);
                case SocketAddress address -> attributes.put(key, Addresses.text(address));
                case Object other -> attributes.put(key, other.toString());
            }
        }
        return attributes.build();
    }

    @Override
    public void close() {
        if (spanExporter != null) {
            spanExporter.close();
        }
        if (logExporter != null) {
            logExporter.close();
        }
        tracers.close();
        loggers.close();
    }
}
