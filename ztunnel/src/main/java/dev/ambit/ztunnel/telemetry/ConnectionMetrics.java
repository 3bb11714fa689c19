package dev.ambit.ztunnel.telemetry;

import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The counters of connections, by pair of peers. A pair's cells are looked up once and kept, so a
 * connection costs two additions. Safe from every loop.
 */
public final class ConnectionMetrics {

    /**
     * Pairs kept ready. Beyond it all are forgotten and looked up anew: a stale pair would keep the
     * workload records of long ago alive.
     */
    static final int PAIRS = 16_384;

    private final CounterVec opened;
    private final CounterVec closed;
    private final CounterVec received;
    private final CounterVec sent;
    private final CounterVec failed;
    private final GaugeVec sockets;
    private final FailoverMetrics failover;
    private final Map<Peers, Pair> pairs = new ConcurrentHashMap<>();

    /** Registers the families. */
    public ConnectionMetrics(MetricsRegistry registry) {
        opened = total(registry, "opened", "The total number of TCP connections opened");
        closed = total(registry, "closed", "The total number of TCP connections closed");
        received =
                registry.register(
                        CounterVec.total(
                                "istio_tcp_received_bytes",
                                "The size of total bytes received during request in case of a TCP connection"));
        sent =
                registry.register(
                        CounterVec.total(
                                "istio_tcp_sent_bytes",
                                "The size of total bytes sent during response in case of a TCP connection"));
        failed =
                total(
                        registry,
                        "failed",
                        "The total number of TCP connections that failed to establish (unstable)");
        sockets =
                registry.register(
                        GaugeVec.named(
                                "istio_tcp_sockets_open",
                                "The current number of open TCP sockets (unstable)"));
        failover = new FailoverMetrics(registry);
    }

    private static CounterVec total(MetricsRegistry registry, String what, String help) {
        return registry.register(CounterVec.total("istio_tcp_connections_" + what, help));
    }

    /** The gauge of accepted sockets that are open. */
    public GaugeVec.Cell socketsOpen(Reporter reporter) {
        return sockets.cell(LabelSet.of("reporter", reporter.label()));
    }

    /** The counters of endpoints that did not answer. */
    public FailoverMetrics failover() {
        return failover;
    }

    Pair pair(Peers peers) {
        Pair pair = pairs.get(peers);
        if (pair != null) {
            return pair;
        }
        if (pairs.size() >= PAIRS) {
            pairs.clear();
        }
        return pairs.computeIfAbsent(peers, Pair::new);
    }

    /** The cells of two peers, and how they are called in logs. */
    final class Pair {
        final Peers peers;
        final TrafficLabels labels;
        final AccessLog.Described described;
        final CounterVec.Cell openedCell;
        final CounterVec.Cell receivedCell;
        final CounterVec.Cell sentCell;

        /**
         * Made with the first good end, so that no series of zero shows; a lost race finds the same
         * cell.
         */
        private volatile CounterVec.@Nullable Cell closedWell;

        private Pair(Peers peers) {
            this.peers = peers;
            this.labels = new TrafficLabels(peers);
            this.described = AccessLog.Described.of(peers, labels);
            LabelSet ok = labels.with(ResponseFlag.NONE);
            openedCell = opened.cell(ok);
            receivedCell = received.cell(ok);
            sentCell = sent.cell(ok);
        }

        /** Counts the end of a connection under its flag. */
        void ended(ResponseFlag flag) {
            if (flag == ResponseFlag.NONE) {
                CounterVec.Cell cell = closedWell;
                if (cell == null) {
                    cell = closed.cell(labels.with(ResponseFlag.NONE));
                    closedWell = cell;
                }
                cell.increment();
                return;
            }
            LabelSet flagged = labels.with(flag);
            closed.cell(flagged).increment();
            failed.cell(flagged).increment();
        }
    }
}
