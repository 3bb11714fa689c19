package dev.ambit.hbone;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.HistogramVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What happened on all HBONE connections of a process. Written by every loop, read by any thread;
 * one for each process, shown after {@link #register}.
 */
public final class HboneCounters {
    private final CounterVec limits =
            CounterVec.total(
                    "ambit_hbone_limits", "Times a peer reached a limit of the HBONE protocol.");
    private final CounterVec opened =
            CounterVec.total(
                    "ambit_hbone_connections_opened",
                    "HBONE connections that were ready for tunnels.");
    private final CounterVec closed =
            CounterVec.total(
                    "ambit_hbone_connections_closed",
                    "HBONE connections that were ready and are gone.");
    private final CounterVec protocolErrors =
            CounterVec.total(
                    "ambit_hbone_protocol_errors",
                    "HBONE connections closed because the peer broke the protocol.");
    private final CounterVec handshakes =
            CounterVec.total(
                    "ambit_tls_handshakes",
                    "Mesh TLS handshakes that came to a key, by its group.");
    private final Map<String, CounterVec.Cell> served = new ConcurrentHashMap<>();
    private final Map<String, CounterVec.Cell> dialled = new ConcurrentHashMap<>();
    private final HistogramVec handshakeTimes =
            HistogramVec.named(
                    "ambit_tls_handshake_duration_seconds",
                    "Duration of TLS handshakes that succeeded",
                    .0005,
                    .001,
                    .0025,
                    .005,
                    .01,
                    .025,
                    .05,
                    .1,
                    .25,
                    .5,
                    1,
                    2.5,
                    5,
                    10);
    private final HistogramVec.Cell asClient =
            handshakeTimes.cell(LabelSet.of("reporter", "source"));
    private final HistogramVec.Cell asServer =
            handshakeTimes.cell(LabelSet.of("reporter", "destination"));
    private final Map<Limit, CounterVec.Cell> limitCells = new EnumMap<>(Limit.class);
    private final CounterVec.Cell openedCell = opened.cell();
    private final CounterVec.Cell closedCell = closed.cell();
    private final CounterVec.Cell protocolErrorsCell = protocolErrors.cell();

    /** All zero, and all there: a limit that was never reached reads 0. */
    public HboneCounters() {
        for (Limit limit : Limit.values()) {
            limitCells.put(limit, limits.cell(LabelSet.of("limit", limit.label())));
        }
    }

    /** Puts the families into the process's metrics. Once. */
    public void register(MetricsRegistry metrics) {
        metrics.register(limits);
        metrics.register(opened);
        metrics.register(closed);
        metrics.register(protocolErrors);
        metrics.register(handshakes);
        metrics.register(handshakeTimes);
    }

    /** A peer reached a limit. */
    public void hit(Limit limit) {
        cell(limit).increment();
    }

    /** How often a limit was reached. */
    public long hits(Limit limit) {
        return cell(limit).value();
    }

    /**
     * A handshake is over.
     *
     * @param server whether we answered it
     * @param group the key exchange, one of the few we offer
     */
    public void handshake(boolean server, String group) {
        Map<String, CounterVec.Cell> cells = server ? served : dialled;
        CounterVec.Cell cell = cells.get(group);
        if (cell == null) {
            String reporter = server ? "destination" : "source";
            cell =
                    cells.computeIfAbsent(
                            group,
                            name ->
                                    handshakes.cell(
                                            LabelSet.of("reporter", reporter, "tls_group", name)));
        }
        cell.increment();
    }

    /** A handshake succeeded within so long. */
    public void handshakeTook(boolean client, long nanos) {
        (client ? asClient : asServer).observe(nanos / 1e9);
    }

    /** A connection is ready for tunnels. */
    public void connectionOpened() {
        openedCell.increment();
    }

    /** A connection that was ready is gone. */
    public void connectionClosed() {
        closedCell.increment();
    }

    /** A peer broke the protocol. */
    public void protocolError() {
        protocolErrorsCell.increment();
    }

    /** Connections opened so far. */
    public long opened() {
        return openedCell.value();
    }

    /** Connections closed so far. */
    public long closed() {
        return closedCell.value();
    }

    /** Connections closed because the peer broke the protocol. */
    public long protocolErrors() {
        return protocolErrorsCell.value();
    }

    private CounterVec.Cell cell(Limit limit) {
        return Objects.requireNonNull(limitCells.get(limit));
    }
}
