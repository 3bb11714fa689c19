package dev.ambit.ztunnel.otlp;

import dev.ambit.ztunnel.telemetry.TraceContext;
import io.opentelemetry.sdk.trace.IdGenerator;

/** The ids a connection already has: the other proxy was told of them. Confined to one thread. */
final class GivenIds implements IdGenerator {

    private String traceId = "";
    private String spanId = "";

    void next(TraceContext trace) {
        traceId = trace.traceId();
        spanId = trace.spanId();
    }

    @Override
    public String generateTraceId() {
        return traceId;
    }

    @Override
    public String generateSpanId() {
        return spanId;
    }
}
