package dev.ambit.waypoint.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Istio's TCP metrics, for connections whose inside is not HTTP. Named from the server's side, as
 * everywhere in Istio: sent is what the destination sent.
 */
public final class TcpMetrics {

    /** The cells of one connection. */
    public record Cells(
            CounterVec.Cell opened,
            CounterVec.Cell closed,
            CounterVec.Cell received,
            CounterVec.Cell sent) {}

    private record Key(Parties parties, String flags) {}

    private final CounterVec opened =
            CounterVec.total("istio_tcp_connections_opened", "TCP connections opened.");
    private final CounterVec closed =
            CounterVec.total("istio_tcp_connections_closed", "TCP connections closed.");
    private final CounterVec received =
            CounterVec.total("istio_tcp_received_bytes", "Bytes received from clients.");
    private final CounterVec sent =
            CounterVec.total("istio_tcp_sent_bytes", "Bytes sent by destinations.");

    private final ConcurrentHashMap<Key, Cells> series = new ConcurrentHashMap<>();

    public TcpMetrics(MetricsRegistry registry) {
        registry.register(opened);
        registry.register(closed);
        registry.register(received);
        registry.register(sent);
    }

    public Cells cells(Parties parties, String flags) {
        return series.computeIfAbsent(
                new Key(parties, flags),
                key -> {
                    LabelSet labels = MeshLabels.tcp(key.parties(), key.flags());
                    return new Cells(
                            opened.cell(labels),
                            closed.cell(labels),
                            received.cell(labels),
                            sent.cell(labels));
                });
    }
}
