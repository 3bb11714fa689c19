package dev.ambit.ztunnel.telemetry;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection stands in a trace (W3C Trace Context). A connection that is not sampled has
 * ids all the same: the other proxy's log can be matched with ours.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits: this connection
 * @param parentId of the span that caused it, null if it is the first
 */
public record TraceContext(
        String traceId, String spanId, @Nullable String parentId, boolean sampled) {

    private static final HexFormat HEX = HexFormat.of();
    private static final int LENGTH = 55;
    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;

    /** A new trace. */
    static TraceContext root(boolean sampled) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceContext(
                HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(notZero(random)),
                HEX.toHexDigits(notZero(random)),
                null,
                sampled);
    }

    /**
     * A span below the one a peer names.
     *
     * @return null if the header is not one of version 00, or has no ids
     */
    static @Nullable TraceContext below(@Nullable String traceparent) {
        if (traceparent == null
                || traceparent.length() != LENGTH
                || !traceparent.startsWith("00-")
                || traceparent.charAt(SPAN - 1) != '-'
                || traceparent.charAt(FLAGS - 1) != '-') {
            return null;
        }
        String trace = traceparent.substring(TRACE, SPAN - 1);
        String span = traceparent.substring(SPAN, FLAGS - 1);
        String flags = traceparent.substring(FLAGS);
        if (!isId(trace) || !isId(span) || !isHex(flags)) {
            return null;
        }
        return new TraceContext(
                trace,
                HEX.toHexDigits(notZero(ThreadLocalRandom.current())),
                span,
                (HexFormat.fromHexDigits(flags) & 1) == 1);
    }

    /** The same place, of which the collector is not told. */
    TraceContext unsampled() {
        return new TraceContext(traceId, spanId, parentId, false);
    }

    /** The header that tells the other proxy. */
    public String traceparent() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    private static long notZero(ThreadLocalRandom random) {
        long id = random.nextLong();
        return id == 0 ? 1 : id;
    }

    private static boolean isId(String text) {
        return isHex(text) && text.chars().anyMatch(c -> c != '0');
    }

    private static boolean isHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
