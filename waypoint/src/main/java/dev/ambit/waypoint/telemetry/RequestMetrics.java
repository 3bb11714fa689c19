package dev.ambit.waypoint.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.HistogramVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Istio's standard HTTP and gRPC metrics. Series are found once per combination of parties and
 * outcome and kept; parties and flags come from configuration, so their number is bounded by it,
 * and statuses outside of HTTP's range or gRPC's table are counted together.
 */
public final class RequestMetrics {

    /** Istio's default buckets, for milliseconds and bytes alike. */
    private static final double[] BUCKETS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000,
        1800000, 3600000
    };

    private record Series(
            CounterVec.Cell requests,
            HistogramVec.Cell duration,
            HistogramVec.Cell requestBytes,
            HistogramVec.Cell responseBytes,
            CounterVec.@Nullable Cell requestMessages,
            CounterVec.@Nullable Cell responseMessages) {}

    private final CounterVec requests =
            CounterVec.total("istio_requests", "Requests handled by the proxy.");
    private final HistogramVec duration =
            HistogramVec.named(
                    "istio_request_duration_milliseconds", "Duration of requests.", BUCKETS);
    private final HistogramVec requestBytes =
            HistogramVec.named("istio_request_bytes", "Size of request bodies.", BUCKETS);
    private final HistogramVec responseBytes =
            HistogramVec.named("istio_response_bytes", "Size of response bodies.", BUCKETS);
    private final CounterVec requestMessages =
            CounterVec.total("istio_request_messages", "gRPC messages sent by clients.");
    private final CounterVec responseMessages =
            CounterVec.total("istio_response_messages", "gRPC messages sent by servers.");

    private final ConcurrentHashMap<RequestKey, Series> series = new ConcurrentHashMap<>();

    public RequestMetrics(MetricsRegistry registry) {
        registry.register(requests);
        registry.register(duration);
        registry.register(requestBytes);
        registry.register(responseBytes);
        registry.register(requestMessages);
        registry.register(responseMessages);
    }

    public void record(RequestRecord done) {
        RequestRecord.Answered answered = done.answered();
        RequestKey key =
                new RequestKey(
                        done.parties(),
                        answered.status() < 1000 ? answered.status() : 0,
                        done.asked().grpc() ? grpcStatus(answered.grpcStatus()) : null,
                        answered.flags());
        Series cells = series.computeIfAbsent(key, this::open);
        cells.requests.increment();
        cells.duration.observe(done.timing().durationNanos() / 1e6);
        cells.requestBytes.observe((double) done.asked().bytes());
        cells.responseBytes.observe((double) answered.bytes());
        if (cells.requestMessages != null && cells.responseMessages != null) {
            cells.requestMessages.add(answered.messages().request());
            cells.responseMessages.add(answered.messages().response());
        }
    }

    private Series open(RequestKey key) {
        LabelSet labels = MeshLabels.http(key);
        boolean grpc = key.grpcStatus() != null;
        return new Series(
                requests.cell(labels),
                duration.cell(labels),
                requestBytes.cell(labels),
                responseBytes.cell(labels),
                grpc ? requestMessages.cell(labels) : null,
                grpc ? responseMessages.cell(labels) : null);
    }

    private static String grpcStatus(@Nullable String sent) {
        if (sent == null || sent.isEmpty() || sent.length() > 2) {
            return "";
        }
        for (int i = 0; i < sent.length(); i++) {
            if (!Character.isDigit(sent.charAt(i))) {
                return "";
            }
        }
        return sent;
    }
}
