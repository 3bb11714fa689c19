package dev.ambit.ztunnel.telemetry;

import dev.ambit.ztunnel.inbound.ForwardedFuzz;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * E04: {@code baggage}, {@code traceparent} and {@code forwarded} of a peer. Never an exception;
 * labels no longer than a name, and a trace that is passed on is one.
 */
public final class PeerHeadersFuzz {

    private PeerHeadersFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String header = new String(input, StandardCharsets.UTF_8);
        Baggage baggage = Baggage.parse(header);
        Stream.of(
                        baggage.cluster(),
                        baggage.namespace(),
                        baggage.workload(),
                        baggage.service(),
                        baggage.version(),
                        baggage.place().region(),
                        baggage.place().zone())
                .forEach(PeerHeadersFuzz::label);
        TraceContext trace = TraceContext.below(header);
        if (trace != null) {
            TraceContext next = TraceContext.below(trace.traceparent());
            if (next == null
                    || !next.traceId().equals(trace.traceId())
                    || !trace.spanId().equals(next.parentId())
                    || next.sampled() != trace.sampled()) {
                throw new IllegalStateException("%s became %s".formatted(trace, next));
            }
        }
        ForwardedFuzz.fuzzerTestOneInput(input);
    }

    private static void label(@Nullable String value) {
        if (value != null && (value.isEmpty() || value.length() > Baggage.MAX_VALUE)) {
            throw new IllegalStateException("label of " + value.length() + " characters");
        }
    }
}
