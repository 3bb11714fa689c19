package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.HistogramVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The counters of connections, by pair of peers. A pair's cells are looked up once and kept, so a
 * connection costs a few additions. Safe from every loop.
 *
 * <p>The number of series is bounded twice: those nobody has used for {@link Bounds#idle()} are
 * forgotten by {@link #forgetIdle()}, and beyond {@link Bounds} a connection is counted under
 * labels that are all {@code unknown}. Peers the mesh state does not know, that is those who say
 * themselves who they are, have a smaller share, so that they cannot crowd out the others.
 */
public final class ConnectionMetrics {

    /**
     * @param known pairs of workloads the mesh state knows
     * @param claimed pairs with a peer only its own words describe
     * @param idle how long a pair without connections keeps its series
     */
    public record Bounds(int known, int claimed, Duration idle) {
        /** 500 pods with 20 peers each, and a quarter of it for peers of other clusters. */
        public static final Bounds STANDARD = new Bounds(10_000, 2_500, Duration.ofMinutes(30));
    }

    /**
     * Pairs kept ready. Beyond it all are looked up anew: a changed workload is another pair, of
     * the same series.
     */
    static final int PAIRS = 16_384;

    private static final double[] SECONDS = {
        .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
    };

    private final Families families;
    private final Reports reports;
    private final GaugeVec sockets;
    private final FailoverMetrics failover;
    private final CounterVec overflow;
    private final CounterVec lostAtAccept;
    private final Map<Reporter, HistogramVec.Cell> connect = new EnumMap<>(Reporter.class);
    private final Bounds bounds;
    private final LongSupplier nanos;

    private final Map<Peers, Pair> pairs = new ConcurrentHashMap<>();
    private final SeriesTable known;
    private final SeriesTable claimed;

    /** Registers the families, with the standard bounds. */
    public ConnectionMetrics(MetricsRegistry registry) {
        this(registry, Reports.LOG_ONLY);
    }

    /** Registers the families, with the standard bounds. */
    public ConnectionMetrics(MetricsRegistry registry, Reports reports) {
        this(registry, reports, Bounds.STANDARD, System::nanoTime);
    }

    /**
     * Registers the families.
     *
     * @param reports what becomes of ends beside
     * @param nanos the clock that tells what is idle
     */
    ConnectionMetrics(
            MetricsRegistry registry, Reports reports, Bounds bounds, LongSupplier nanos) {
        this.reports = reports;
        this.families = Families.in(registry);
        this.bounds = bounds;
        this.nanos = nanos;
        this.known = new SeriesTable(families, bounds.known());
        this.claimed = new SeriesTable(families, bounds.claimed());
        sockets =
                registry.register(
                        GaugeVec.named(
                                "istio_tcp_sockets_open",
                                "The current number of open TCP sockets (unstable)"));
        failover = new FailoverMetrics(registry);
        overflow =
                registry.register(
                        CounterVec.total(
                                "ambit_metrics_overflow_connections",
                                "Connections counted under unknown labels, for want of room"));
        lostAtAccept =
                registry.register(
                        CounterVec.total(
                                "ambit_accept_failures",
                                "Times a connection could not be accepted or begun"));
        HistogramVec connects =
                registry.register(
                        HistogramVec.named(
                                "ambit_tcp_connect_duration_seconds",
                                "From the connection's acceptance until its way on is open",
                                SECONDS));
        for (Reporter reporter : Reporter.values()) {
            LabelSet labels = LabelSet.of("reporter", reporter.label());
            connect.put(reporter, connects.cell(labels));
        }
        registry.register(
                GaugeVec.named(
                                "ambit_metrics_connection_pairs",
                                "Pairs of peers that have series of their own")
                        .read(LabelSet.of("peer", "known"), known::size)
                        .read(LabelSet.of("peer", "claimed"), claimed::size));
    }

    /** The beginning of a connection's trace; null if nobody follows traces. */
    public @Nullable TraceContext trace(@Nullable Workload local) {
        return reports.trace(local, null);
    }

    /**
     * A connection refused before its peers were known: told, not counted.
     *
     * @param local the pod's workload; null if it is not known
     */
    public void refused(
            Reporter reporter,
            @Nullable Workload local,
            InetSocketAddress source,
            InetSocketAddress destination,
            ConnectionFailure failure) {
        reports.refused(reporter, local, source, destination, failure);
    }

    /** The gauge of accepted sockets that are open. */
    public GaugeVec.Cell socketsOpen(Reporter reporter) {
        return sockets.cell(LabelSet.of("reporter", reporter.label()));
    }

    /**
     * A connection could not be accepted, or was lost before it began.
     *
     * @param component whose listener
     */
    public void acceptFailed(String component, Throwable cause) {
        lostAtAccept
                .cell(LabelSet.of("component", component, "reason", IoErrors.shortage(cause)))
                .increment();
    }

    /** The counters of endpoints that did not answer. */
    public FailoverMetrics failover() {
        return failover;
    }

    /** The pair's cells for one more connection; give it back with {@link Pair#ended}. */
    Pair open(Peers peers) {
        Pair pair = pairs.get(peers);
        if (pair != null && pair.series.enter()) {
            return pair;
        }
        Pair made = made(peers);
        if (!made.series.isOverflow()) {
            if (pairs.size() >= PAIRS) {
                pairs.clear();
            }
            pairs.put(peers, made);
        }
        return made;
    }

    private Pair made(Peers peers) {
        TrafficLabels labels = new TrafficLabels(peers);
        SeriesTable table = peers.onlyClaimed() ? claimed : known;
        ConnectionSeries series = table.enter(labels.with(ResponseFlag.NONE));
        if (series == null) {
            overflow.cell(LabelSet.of("reporter", peers.reporter().label())).increment();
            series = ConnectionSeries.overflow(families, labels.unknown());
        }
        return new Pair(peers, labels, series);
    }

    /**
     * Forgets series without connections that were not used for a while, and workload records of
     * long ago. Called every minute or so.
     */
    public void forgetIdle() {
        long before = nanos.getAsLong() - bounds.idle().toNanos();
        known.forgetUnusedSince(before);
        claimed.forgetUnusedSince(before);
        pairs.values().removeIf(pair -> pair.series.isForgotten() || pair.lastUse - before < 0);
    }

    /** For tests: how many pairs are kept ready. */
    int kept() {
        return pairs.size();
    }

    /** The series of two peers, and how they are called in logs. */
    final class Pair {
        final Peers peers;
        final TrafficLabels labels;
        final AccessLog.Described described;
        final ConnectionSeries series;

        /** Written by every loop, each with its own now; the last one wins. */
        private volatile long lastUse = nanos.getAsLong();

        private Pair(Peers peers, TrafficLabels labels, ConnectionSeries series) {
            this.peers = peers;
            this.labels = labels;
            this.series = series;
            this.described = AccessLog.Described.of(peers, labels);
        }

        /** Counts the end of a connection under its flag. */
        void ended(ResponseFlag flag) {
            lastUse = nanos.getAsLong();
            series.ended(flag);
            series.leave(lastUse);
        }

        Reports reports() {
            return reports;
        }

        /** The connection's way on is open, that long after it was accepted. */
        void connected(long tookNanos) {
            Objects.requireNonNull(connect.get(peers.reporter())).observe(tookNanos / 1e9);
        }
    }

    /** The families of which every pair has series. */
    record Families(
            CounterVec opened,
            CounterVec closed,
            CounterVec received,
            CounterVec sent,
            CounterVec failed) {

        static Families in(MetricsRegistry registry) {
            return new Families(
                    total(
                            registry,
                            "connections_opened",
                            "The total number of TCP connections opened"),
                    total(
                            registry,
                            "connections_closed",
                            "The total number of TCP connections closed"),
                    total(
                            registry,
                            "received_bytes",
                            "The size of total bytes received during request in case of a TCP connection"),
                    total(
                            registry,
                            "sent_bytes",
                            "The size of total bytes sent during response in case of a TCP connection"),
                    total(
                            registry,
                            "connections_failed",
                            "The total number of TCP connections that failed to establish (unstable)"));
        }

        private static CounterVec total(MetricsRegistry registry, String what, String help) {
            return registry.register(CounterVec.total("istio_tcp_" + what, help));
        }
    }
}
