package dev.ambit.ztunnel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.log.LogFilter;
import dev.ambit.runtime.log.Logging;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** F31: however many peers there are and whatever they say, metrics stay within bounds. */
final class ConnectionMetricsTest {

    private static final Workload WEB = workload("web");

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1.0");
    private final AtomicLong now = new AtomicLong();
    private final ConnectionMetrics metrics =
            new ConnectionMetrics(
                    registry,
                    Reports.LOG_ONLY,
                    new ConnectionMetrics.Bounds(4, 2, Duration.ofMinutes(30)),
                    now::get);

    private static Workload workload(String name) {
        return Workload.builder("c//Pod/ns/" + name, name, SpiffeId.of("td", "ns", name))
                .workloadName(name)
                .build();
    }

    private static Peers known(String client) {
        Workload source = workload(client);
        return new Peers(
                Reporter.SOURCE,
                source,
                new Peers.Claim(source.identity(), Baggage.NONE),
                WEB,
                null,
                true);
    }

    private static Peers claimed(String name) {
        return new Peers(
                Reporter.DESTINATION,
                null,
                new Peers.Claim(
                        SpiffeId.of("td", "ns", "stranger"),
                        Baggage.parse("k8s.deployment.name=" + name)),
                WEB,
                null,
                true);
    }

    private ConnectionRecord open(Peers peers) {
        InetSocketAddress address = new InetSocketAddress("10.0.0.1", 1000);
        return ConnectionRecord.open(
                metrics,
                peers,
                new ConnectionRecord.Addressing(address, address, null),
                System.nanoTime());
    }

    private List<String> lines(String start) {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(start))
                .toList();
    }

    private void later(Duration time) {
        now.addAndGet(time.toNanos());
        metrics.forgetIdle();
    }

    @BeforeEach
    void writeNoAccessLog() {
        Logging.setFilter(LogFilter.parse("off"));
    }

    @AfterEach
    void restoreTheLog() {
        Logging.setFilter(LogFilter.INFO);
    }

    @Test
    void forgetsSeriesThatNobodyUsesAndStartsThemAnewAfterwards() {
        ConnectionRecord open = open(known("open"));
        open(known("done")).finish(null);
        open(known("failed")).finish(ConnectionFailure.DRAINED);
        assertThat(lines("istio_tcp_connections_opened_total{")).hasSize(3);
        assertThat(lines("istio_tcp_connections_closed_total{")).hasSize(2);
        assertThat(lines("istio_tcp_connections_failed_total{")).hasSize(1);

        later(Duration.ofMinutes(31));
        assertThat(lines("istio_tcp_connections_opened_total{"))
                .singleElement()
                .asString()
                .contains("source_workload=\"open\"");
        assertThat(lines("istio_tcp_connections_closed_total{")).isEmpty();
        assertThat(lines("istio_tcp_connections_failed_total{")).isEmpty();
        assertThat(lines("istio_tcp_received_bytes_total{")).hasSize(1);

        open.received(7);
        assertThat(lines("istio_tcp_received_bytes_total{").getFirst()).endsWith(" 7.0");
        open(known("done")).finish(null);
        assertThat(lines("istio_tcp_connections_closed_total{").getFirst()).endsWith(" 1.0");
    }

    @Test
    void keepsASeriesWhoseWorkloadRecordWasReplaced() {
        open(known("a")).finish(null);
        now.addAndGet(Duration.ofMinutes(20).toNanos());
        open(known("a")).finish(null);
        later(Duration.ofMinutes(20));
        assertThat(lines("istio_tcp_connections_closed_total{").getFirst()).endsWith(" 2.0");
        assertThat(metrics.kept()).isEqualTo(1);
    }

    @Test
    void countsTheRestUnderUnknownAndSaysHowMany() {
        for (int i = 0; i < 100; i++) {
            open(known("w" + i)).finish(null);
        }
        List<String> opened = lines("istio_tcp_connections_opened_total{");
        assertThat(opened).hasSize(5);
        assertThat(opened)
                .filteredOn(line -> line.contains("source_workload=\"unknown\""))
                .singleElement()
                .asString()
                .contains("connection_security_policy=\"mutual_tls\"")
                .endsWith(" 96.0");
        assertThat(lines("ambit_metrics_overflow_connections_total{reporter=\"source\"}"))
                .singleElement()
                .asString()
                .endsWith(" 96.0");
    }

    @Test
    void givesThoseWhoOnlySayWhoTheyAreASmallerShareOfTheirOwn() {
        for (int i = 0; i < 20; i++) {
            open(claimed("liar" + i)).finish(null);
        }
        open(known("honest")).finish(null);
        List<String> opened = lines("istio_tcp_connections_opened_total{");
        assertThat(opened).hasSize(4);
        assertThat(opened).filteredOn(line -> line.contains("\"honest\"")).hasSize(1);
    }

    /** A million in the long form; what is held does not depend on it. */
    @Test
    void holdsNoMoreForManyPeersThanForFew() {
        int peers = Integer.getInteger("ambit.peers", 20_000);
        for (int i = 0; i < peers; i++) {
            open(claimed("w" + i)).finish(i % 2 == 0 ? null : ConnectionFailure.DRAINED);
        }
        assertThat(metrics.kept()).isLessThanOrEqualTo(2);
        assertThat(lines("istio_tcp_")).hasSizeLessThan(30);
    }

    @Test
    void takesNoLabelLongerThanANameCanBe() {
        String longest = "x".repeat(Baggage.MAX_VALUE);
        assertThat(Baggage.parse("k8s.pod.name=" + longest).workload()).isEqualTo(longest);
        assertThat(Baggage.parse("k8s.pod.name=x" + longest).workload()).isNull();
    }

    @Test
    void measuresTheTimeUntilTheWayOnIsOpen() {
        ConnectionRecord record = open(known("a"));
        record.connected();
        record.finish(null);
        assertThat(lines("ambit_tcp_connect_duration_seconds_count{reporter=\"source\"}"))
                .containsExactly("ambit_tcp_connect_duration_seconds_count{reporter=\"source\"} 1");
    }
}
