package dev.ambit.waypoint.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The facts of one finished request; written once, read by metrics and access log. */
public record RequestRecord(
        Parties parties, Asked asked, Answered answered, Timing timing, Addresses addresses) {

    /**
     * The request as it came.
     *
     * @param grpc by its content type
     */
    public record Asked(
            String method,
            String path,
            String protocol,
            @Nullable String authority,
            @Nullable String forwardedFor,
            @Nullable String userAgent,
            @Nullable String requestId,
            boolean grpc,
            long bytes) {}

    /**
     * The answer.
     *
     * @param status 0 if none was given
     * @param flags Envoy's response flags, {@code -} for none
     * @param grpcStatus from header or trailer of a gRPC answer
     */
    public record Answered(
            int status,
            String flags,
            String details,
            @Nullable String transportFailure,
            @Nullable String grpcStatus,
            long bytes,
            Messages messages) {}

    /** gRPC messages each way. */
    public record Messages(long request, long response) {
        public static final Messages NONE = new Messages(0, 0);
    }

    /**
     * @param upstreamMillis from the request sent to the answer's head, or -1
     */
    public record Timing(Instant start, long durationNanos, long upstreamMillis) {
        long durationMillis() {
            return durationNanos / 1_000_000;
        }
    }

    /** Addresses and names as the access log prints them; null prints as {@code -}. */
    public record Addresses(
            @Nullable String upstreamHost,
            @Nullable String upstreamCluster,
            @Nullable String upstreamLocal,
            String downstreamLocal,
            String downstreamRemote,
            @Nullable String routeName) {}
}
